select part, state, began_at, stored_at, bytes, milliseconds, binding_id, key
from recordings
where organization_id = $1::uuid and call_id = $2::uuid and ($3::integer is null or part = $3::integer)
order by part
