-- Its sound has come: the call is this engine's. A token opens once.
with taken as (
    update calls
    set state = 'talking', token_digest = null, engine = $4, engine_until = $6::timestamptz,
        answered_at = coalesce(answered_at, $5::timestamptz), reference = coalesce(reference, $7)
    where organization_id = $1::uuid and token_digest = $3 and binding_id = $2::uuid and state <> 'ended'
    returning organization_id, call_id, conversation_id, direction, reference, answered_by, details
), ours as (
    insert into mailboxes (organization_id, conversation_id, engine, engine_until)
    select t.organization_id, t.conversation_id, $4, $6::timestamptz from taken t
    on conflict (organization_id, conversation_id)
    do update set engine = excluded.engine, engine_until = excluded.engine_until
)
select t.call_id, t.conversation_id, t.direction, t.reference, t.answered_by, t.details, c.language, c.stage, c.state, c.version,
       k.bindings, k.settings, c.facts, l.phone, l.first_name, l.last_name, coalesce(d.parts, '[]') as parts, coalesce(d.text, '') as text,
       exists (select from leads x
               where x.organization_id = l.organization_id and x.recording_refused_at is not null
                 and (x.lead_id = l.lead_id or x.phone = l.phone)) as recording_refused,
       (select count(*) from call_lines x where x.organization_id = t.organization_id and x.call_id = t.call_id) as lines
from taken t
join conversations c on c.organization_id = t.organization_id and c.conversation_id = t.conversation_id
join campaigns k on k.organization_id = c.organization_id and k.campaign_id = c.campaign_id
join leads l on l.organization_id = c.organization_id and l.lead_id = c.lead_id
left join deliveries d on d.organization_id = t.organization_id and d.delivery_id = t.call_id
