select key_id, sealed, created_at from session_keys where organization_id = $1::uuid order by key_id desc limit 1
