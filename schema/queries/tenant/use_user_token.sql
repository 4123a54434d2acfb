update user_tokens t set used_at = $3::timestamptz
from users u
where t.organization_id = $1::uuid and t.token_id = $2::uuid and t.used_at is null and t.expires_at > $3::timestamptz
  and u.organization_id = t.organization_id and u.user_id = t.user_id and u.disabled_at is null
returning t.user_id, t.kind
