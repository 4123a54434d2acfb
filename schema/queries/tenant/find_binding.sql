select binding_id, name, plugin, settings, secrets, calls_at_once, version from bindings where organization_id = $1::uuid and binding_id = $2::uuid
