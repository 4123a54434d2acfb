select organization_id, name, created_at from organizations where organization_id = $1::uuid
