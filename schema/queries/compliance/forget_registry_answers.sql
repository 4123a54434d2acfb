delete from registry_answers where organization_id = $1::uuid and address = any($2::text[])
