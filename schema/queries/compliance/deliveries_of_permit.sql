select d.delivery_id, d.conversation_id, d.state, d.sent_at, d.text, l.first_name, l.last_name
from deliveries d join leads l on l.organization_id = d.organization_id and l.lead_id = d.lead_id
where d.organization_id = $1::uuid and d.permit_id = $2::uuid
order by d.created_at, d.delivery_id
