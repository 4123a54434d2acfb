select delivery_id, conversation_id
from deliveries
where organization_id = $1::uuid and binding_id = $2::uuid and reference = $3
