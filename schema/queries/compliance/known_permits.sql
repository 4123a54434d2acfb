select permit_id from permits where organization_id = $1::uuid and permit_id = any($2::uuid[])
