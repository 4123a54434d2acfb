insert into bindings (organization_id, binding_id, name, plugin, settings, secrets, created_at)
values ($1::uuid, $2::uuid, $3, $4, $5::jsonb, $6::bytea, $7::timestamptz)
on conflict (organization_id, name)
do update set plugin = excluded.plugin, settings = excluded.settings, secrets = excluded.secrets
returning binding_id
