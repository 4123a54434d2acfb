with gone as (
    delete from registry_blocks where organization_id = $1::uuid and registry = $2
)
delete from registries where organization_id = $1::uuid and name = $2
