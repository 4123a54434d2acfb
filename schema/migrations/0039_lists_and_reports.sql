-- Lists by state, stage and campaign, newest first, a page of each read from an index. A list over all campaigns or states is merged from
-- those of each: a campaign has four states, and an organization few campaigns.
create index conversations_of_state on conversations (campaign_id, state, conversation_id, organization_id);
create index conversations_of_stage on conversations (campaign_id, stage, state, conversation_id, organization_id);
create index deliveries_of_state on deliveries (state, organization_id, delivery_id);
create index meetings_of_state on meetings (state, organization_id, meeting_id);
create index endpoint_sends_of_state on endpoint_sends (endpoint_id, state, send_id, organization_id);

-- What steps have cost in a time.
create index steps_with_cost on steps (organization_id, started_at) include (conversation_id, cost_micros) where cost_micros > 0;

-- When people wrote, without reading what they wrote.
create index messages_heard on messages (conversation_id, organization_id, at) where direction = 'in';
