update deliveries d set state = 'cancelled', note = $3, updated_at = $4::timestamptz
from conversations c
where c.organization_id = $1::uuid and c.lead_id = $2::uuid
  and d.organization_id = c.organization_id and d.conversation_id = c.conversation_id
  and d.state in ('due', 'held')
