select g.place, d.delivery_id, d.conversation_id
from unnest($2::uuid[], $3::text[]) with ordinality as g (binding_id, reference, place)
join deliveries d on d.organization_id = $1::uuid and d.binding_id = g.binding_id and d.reference = g.reference
