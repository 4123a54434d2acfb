select settings from organizations where organization_id = $1::uuid
