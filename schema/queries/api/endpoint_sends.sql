select send_id, kind, at, state, tries, due_at, status, note, created_at, done_at
from endpoint_sends
where organization_id = $1::uuid and endpoint_id = $2::uuid and send_id < $3::uuid
order by send_id desc
limit $4::integer
