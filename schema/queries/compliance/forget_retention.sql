delete from retention_rules where organization_id = $1::uuid and kind = $2
