update events e set turn_number = g.turn_number
from unnest($2::uuid[], $3::integer[]) as g (event_id, turn_number)
where e.organization_id = $1::uuid and e.event_id = g.event_id and e.event_id = any($2::uuid[])
