-- Everything that is kept about these leads and addresses, each table's rows by its name.
with talks as (
    select c.conversation_id from conversations c where c.organization_id = $1::uuid and c.lead_id = any($2::uuid[])
)
select
    (select coalesce(jsonb_agg(to_jsonb(x) - 'organization_id' order by x.created_at, x.lead_id), '[]')
     from leads x where x.organization_id = $1::uuid and x.lead_id = any($2::uuid[])) as leads,
    (select coalesce(jsonb_agg(to_jsonb(x) - 'organization_id' || jsonb_build_object('campaign', k.name)
                               order by x.created_at, x.conversation_id), '[]')
     from conversations x join campaigns k on k.organization_id = x.organization_id and k.campaign_id = x.campaign_id
     where x.organization_id = $1::uuid and x.lead_id = any($2::uuid[])) as conversations,
    (select coalesce(jsonb_agg(to_jsonb(x) - 'organization_id' order by x.at, x.conversation_id, x.number), '[]')
     from messages x where x.organization_id = $1::uuid and x.conversation_id in (select conversation_id from talks)) as messages,
    (select coalesce(jsonb_agg(to_jsonb(x) - 'organization_id' - 'token_digest' order by x.started_at, x.call_id), '[]')
     from calls x where x.organization_id = $1::uuid and x.conversation_id in (select conversation_id from talks)) as calls,
    (select coalesce(jsonb_agg(to_jsonb(x) - 'organization_id' order by x.call_id, x.number), '[]')
     from call_lines x join calls y on y.organization_id = x.organization_id and y.call_id = x.call_id
     where x.organization_id = $1::uuid and y.conversation_id in (select conversation_id from talks)) as call_lines,
    (select coalesce(jsonb_agg(to_jsonb(x) - 'organization_id' order by x.call_id, x.part), '[]')
     from recordings x join calls y on y.organization_id = x.organization_id and y.call_id = x.call_id
     where x.organization_id = $1::uuid and y.conversation_id in (select conversation_id from talks)) as recordings,
    (select coalesce(jsonb_agg(to_jsonb(x) - 'organization_id' order by x.received_at, x.event_id), '[]')
     from events x where x.organization_id = $1::uuid and x.conversation_id in (select conversation_id from talks)) as events,
    (select coalesce(jsonb_agg(to_jsonb(x) - 'organization_id' order by x.opened_at, x.conversation_id, x.turn_number), '[]')
     from turns x where x.organization_id = $1::uuid and x.conversation_id in (select conversation_id from talks)) as turns,
    (select coalesce(jsonb_agg(to_jsonb(x) - 'organization_id' order by x.conversation_id, x.turn_number, x.step_number), '[]')
     from steps x where x.organization_id = $1::uuid and x.conversation_id in (select conversation_id from talks)) as steps,
    (select coalesce(jsonb_agg(to_jsonb(x) - 'organization_id' order by x.created_at, x.delivery_id), '[]')
     from deliveries x where x.organization_id = $1::uuid and x.lead_id = any($2::uuid[])) as deliveries,
    (select coalesce(jsonb_agg(to_jsonb(x) - 'organization_id' order by x.created_at, x.meeting_id), '[]')
     from meetings x where x.organization_id = $1::uuid and x.lead_id = any($2::uuid[])) as meetings,
    (select coalesce(jsonb_agg(to_jsonb(x) - 'organization_id' order by x.given_at, x.consent_id), '[]')
     from consents x where x.organization_id = $1::uuid and x.address = any($3::text[])) as consents,
    (select coalesce(jsonb_agg(to_jsonb(x) - 'organization_id' order by x.at, x.address, x.channel), '[]')
     from suppressions x
     where x.organization_id = $1::uuid
       and x.address in (select k.address from unnest($3::text[]) as k (address)
                         union select hidden_address($1::uuid, k.address) from unnest($3::text[]) as k (address))) as suppressions,
    (select coalesce(jsonb_agg(to_jsonb(x) - 'organization_id' order by x.at, x.attempt_id), '[]')
     from attempts x
     where x.organization_id = $1::uuid and (x.lead_id = any($2::uuid[]) or x.address = any($3::text[]))) as attempts,
    (select coalesce(jsonb_agg(to_jsonb(x) - 'organization_id' order by x.sequence), '[]')
     from permits x
     where x.organization_id = $1::uuid
       and x.address in (select k.address from unnest($3::text[]) as k (address)
                         union select hidden_address($1::uuid, k.address) from unnest($3::text[]) as k (address))) as permits,
    (select coalesce(jsonb_agg(to_jsonb(x) - 'organization_id' order by x.campaign_id, x.line), '[]')
     from import_rows x where x.organization_id = $1::uuid and x.lead_id = any($2::uuid[])) as import_rows,
    (select coalesce(jsonb_agg(to_jsonb(x) - 'organization_id' order by x.registry, x.address), '[]')
     from registry_answers x where x.organization_id = $1::uuid and x.address = any($3::text[])) as registry_answers,
    (select coalesce(jsonb_agg(to_jsonb(x) - 'organization_id' - 'body'
                               || jsonb_build_object('body', encode(x.body, 'escape')) order by x.received_at), '[]')
     from webhooks x
     where x.organization_id = $1::uuid
       and exists (select from unnest($4::text[]) as k (needle)
                   where position(k.needle in lower(encode(x.body, 'escape'))) > 0
                      or position(k.needle in lower(x.url)) > 0)) as webhooks
