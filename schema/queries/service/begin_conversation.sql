insert into conversations (organization_id, conversation_id, campaign_id, lead_id, version, stage, state, channel, created_at,
                           updated_at)
values ($1::uuid, $2::uuid, $3::uuid, $4::uuid, $5, $6, 'open', $7, $8::timestamptz, $8::timestamptz)
on conflict (campaign_id, lead_id, organization_id) do update set channel = excluded.channel
returning conversation_id
