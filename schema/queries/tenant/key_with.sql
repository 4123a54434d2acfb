-- As no organization: the key says which one it is.
select organization_id, key_id, name, role, scopes, created_at, expires_at, revoked_at from api_key_with($1)
