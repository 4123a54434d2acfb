update events e set due_at = g.due_at
from unnest($2::uuid[], $3::timestamptz[]) as g (event_id, due_at)
where e.organization_id = $1::uuid and e.event_id = g.event_id and e.event_id = any($2::uuid[])
