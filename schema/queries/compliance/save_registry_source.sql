-- What another plugin, or other settings, answered is forgotten.
with answers as (
    delete from registry_answers where organization_id = $1::uuid and registry = $2
)
insert into registry_sources (organization_id, name, country, binding_id, max_age_days, created_at)
values ($1::uuid, $2, $3, $4::uuid, $5::integer, $6::timestamptz)
on conflict (organization_id, name) do update
set country = excluded.country, binding_id = excluded.binding_id, max_age_days = excluded.max_age_days
