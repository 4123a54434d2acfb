update bindings set secrets = $3::bytea where organization_id = $1::uuid and binding_id = $2::uuid and secrets = $4::bytea
