select session_id, created_at, expires_at, network, program
from sessions
where organization_id = $1::uuid and user_id = $2::uuid and revoked_at is null and expires_at > $3::timestamptz
order by session_id desc
