insert into bindings (organization_id, binding_id, name, plugin, settings, created_at)
values ($1::uuid, $2::uuid, $3, $4, $5::jsonb, $6::timestamptz)
