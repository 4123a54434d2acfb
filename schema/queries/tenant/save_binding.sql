-- One that is named by a capability serves every campaign of the organization.
with saved as (
    insert into bindings (organization_id, binding_id, name, plugin, settings, secrets, created_at, calls_at_once)
    values ($1::uuid, $2::uuid, $3, $4, $5::jsonb, $6::bytea, $7::timestamptz, $8::integer)
    on conflict (organization_id, name)
    do update set plugin = excluded.plugin, settings = excluded.settings, secrets = excluded.secrets,
                  calls_at_once = excluded.calls_at_once, version = bindings.version + 1
    returning binding_id, name
), serving as (
    update campaigns c
    set bindings = c.bindings || jsonb_build_object(s.name, s.binding_id::text)
    from saved s
    where c.organization_id = $1::uuid and position('/' in s.name) > 0
)
select binding_id from saved
