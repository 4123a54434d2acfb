select s.session_id, s.created_at as begun_at, s.expires_at, s.revoked_at, k.sealed,
       u.user_id, u.email, u.name, u.role, u.created_at, u.disabled_at, u.signed_in_at,
       u.password is not null as has_password, u.second_factor_at is not null as has_second_factor
from sessions s
join session_keys k on k.organization_id = s.organization_id and k.key_id = $3::uuid
join users u on u.organization_id = s.organization_id and u.user_id = s.user_id
where s.organization_id = $1::uuid and s.session_id = $2::uuid
