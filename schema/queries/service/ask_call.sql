-- Its carrier asks what is to be said: for as long as the answer takes, its conversation is this engine's.
with asked as (
    update calls
    set state = 'talking', engine = $5, engine_until = $8::timestamptz, token_digest = null,
        answered_at = coalesce(answered_at, $6::timestamptz), reference = coalesce(reference, $4),
        answered_by = coalesce(answered_by, 'person')
    where organization_id = $1::uuid and binding_id = $2::uuid and state <> 'ended' and (call_id = $3::uuid or reference = $4)
    returning organization_id, call_id, conversation_id, reference, answered_at
), ours as (
    insert into mailboxes (organization_id, conversation_id, engine, engine_until)
    select a.organization_id, a.conversation_id, $5, $7::timestamptz from asked a
    on conflict (organization_id, conversation_id)
    do update set engine = excluded.engine, engine_until = excluded.engine_until
)
select a.call_id, a.conversation_id, a.reference, c.state, l.phone, k.settings ->> 'voice_transfer_to' as transfer_to,
       (extract(epoch from $6::timestamptz - a.answered_at) * 1000)::bigint as at_ms,
       (select count(*) from call_lines x where x.organization_id = a.organization_id and x.call_id = a.call_id) as lines
from asked a
join conversations c on c.organization_id = a.organization_id and c.conversation_id = a.conversation_id
join campaigns k on k.organization_id = c.organization_id and k.campaign_id = c.campaign_id
join leads l on l.organization_id = c.organization_id and l.lead_id = c.lead_id
