select event_id, kind, due_at, received_at, payload, tries
from events
where organization_id = $1::uuid and event_id = any($2::uuid[])
order by array_position($2::uuid[], event_id)
