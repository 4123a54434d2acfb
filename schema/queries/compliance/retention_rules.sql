select kind, days, updated_at from retention_rules where organization_id = $1::uuid order by kind
