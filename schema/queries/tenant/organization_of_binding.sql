select organization_of_binding($1::uuid) as organization_id
