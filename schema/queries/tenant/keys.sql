select key_id, name, role, scopes, created_at, expires_at, revoked_at
from api_keys
where organization_id = $1::uuid
order by key_id
