select organization_id, name from organizations_named($1)
