delete from registry_blocks where organization_id = $1::uuid and registry = $2 and edition <> $3::uuid
