select coalesce(l.external_id, l.lead_id::text) as lead, d.channel, coalesce(d.sent_at, d.updated_at) as at, d.recipient,
       d.permit_id, d.text, d.state, d.note, l.zone, p.document, d.conversation_id
from deliveries d
join leads l on l.organization_id = d.organization_id and l.lead_id = d.lead_id
join permits p on p.organization_id = d.organization_id and p.permit_id = d.permit_id
where d.organization_id = $1::uuid and d.state in ('sent', 'delivered', 'undelivered', 'failed', 'unknown')
order by at, lead, d.delivery_id
