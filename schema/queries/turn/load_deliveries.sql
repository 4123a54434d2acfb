select d.delivery_id, d.conversation_id, d.channel, d.binding_id, d.sender, d.recipient, d.text, d.parts, d.due_at,
       d.created_at, d.tries, d.reference, d.permit_id, p.purpose, p.minute,
       c.state as conversation_state, (c.takeover_fence <> d.takeover_fence) as stale,
       l.lead_id, l.external_id, l.first_name, l.last_name, l.phone, l.email, l.country, l.state as lead_state,
       l.postal_code, l.zone, l.language as lead_language, l.company, l.title, l.custom, l.evidence
from deliveries d
join permits p on p.organization_id = d.organization_id and p.permit_id = d.permit_id
join conversations c on c.organization_id = d.organization_id and c.conversation_id = d.conversation_id
join leads l on l.organization_id = d.organization_id and l.lead_id = d.lead_id
where d.organization_id = $1::uuid and d.delivery_id = any($2::uuid[]) and d.state = 'sending'
  and d.updated_at = $3::timestamptz
order by d.due_at, d.delivery_id
for no key update of c
