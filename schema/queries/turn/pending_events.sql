select conversation_id, event_id, kind, due_at, received_at, payload, tries
from events
where organization_id = $1::uuid and conversation_id = any($2::uuid[]) and turn_number is null and dropped is null
order by due_at, received_at, event_id
