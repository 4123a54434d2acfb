select secrets from bindings where organization_id = $1::uuid and binding_id = $2::uuid for no key update
