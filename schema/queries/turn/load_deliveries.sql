-- Conversations are locked in the order of their ids, as a pause and a commit lock them, so that nobody waits in a circle.
with held as materialized (
    select c.conversation_id, c.campaign_id, c.state, c.takeover_fence
    from conversations c
    where c.organization_id = $1::uuid
      and c.conversation_id in (select d.conversation_id from deliveries d
                                where d.organization_id = $1::uuid and d.delivery_id = any($2::uuid[]))
    order by c.conversation_id
    for no key update of c
)
select d.delivery_id, d.conversation_id, d.channel, d.binding_id, d.sender, d.recipient, d.text, d.parts, d.due_at,
       d.created_at, d.tries, d.reference, d.permit_id, p.purpose, p.minute, d.good_until,
       c.takeover_fence <> d.takeover_fence or k.state <> 'running' or (c.state = 'taken' and not exists (
           select from messages m
           where m.organization_id = d.organization_id and m.conversation_id = d.conversation_id
             and m.delivery_id = d.delivery_id and m.author = 'user')) as stale,
       l.lead_id, l.external_id, l.first_name, l.last_name, l.phone, l.email, l.country, l.state as lead_state,
       l.postal_code, l.zone, l.language as lead_language, l.company, l.title, l.custom, l.evidence
from deliveries d
join permits p on p.organization_id = d.organization_id and p.permit_id = d.permit_id
join held c on c.conversation_id = d.conversation_id
join campaigns k on k.organization_id = d.organization_id and k.campaign_id = c.campaign_id
join leads l on l.organization_id = d.organization_id and l.lead_id = d.lead_id
where d.organization_id = $1::uuid and d.delivery_id = any($2::uuid[]) and d.state = 'sending'
  and d.updated_at = $3::timestamptz
order by d.due_at, d.delivery_id
