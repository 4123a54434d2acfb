select binding_id, folder, key, state, bytes, milliseconds
from recordings
where organization_id = $1::uuid and call_id = $2::uuid and part = $3::integer
