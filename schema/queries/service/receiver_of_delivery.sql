select d.conversation_id, d.channel, d.recipient, l.phone, l.email
from deliveries d
join leads l on l.organization_id = d.organization_id and l.lead_id = d.lead_id
where d.organization_id = $1::uuid and d.delivery_id = $2::uuid
