select event_id, kind, due_at, received_at, payload, tries
from events
where organization_id = $1::uuid and conversation_id = $2::uuid and turn_number is null and dropped is null
  and (due_at <= $3::timestamptz or event_id = any($4::uuid[]))
order by due_at, received_at, event_id
