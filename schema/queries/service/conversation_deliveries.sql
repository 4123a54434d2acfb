select d.delivery_id, d.turn_number, d.channel, d.state, d.recipient, d.reference, d.note, d.permit_id, d.sent_at, d.tries,
       jsonb_array_length(d.parts) as parts, b.plugin, b.name as binding, p.document -> 'zones' as zones
from deliveries d
join bindings b on b.organization_id = d.organization_id and b.binding_id = d.binding_id
join permits p on p.organization_id = d.organization_id and p.permit_id = d.permit_id
where d.organization_id = $1::uuid and d.conversation_id = $2::uuid
order by d.created_at, d.delivery_id
