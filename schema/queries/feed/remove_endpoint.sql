delete from endpoints where organization_id = $1::uuid and endpoint_id = $2::uuid
