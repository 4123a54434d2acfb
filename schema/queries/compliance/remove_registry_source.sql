with answers as (
    delete from registry_answers where organization_id = $1::uuid and registry = $2
)
delete from registry_sources where organization_id = $1::uuid and name = $2
