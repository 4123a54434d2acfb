update events e set dropped = $3
from conversations c
where c.organization_id = $1::uuid and c.lead_id = $2::uuid
  and e.organization_id = c.organization_id and e.conversation_id = c.conversation_id
  and e.kind in ('timer', 'touch') and e.turn_number is null and e.dropped is null
