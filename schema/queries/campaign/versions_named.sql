select version, files from playbook_versions
where organization_id = $1::uuid and starts_with(version, $2)
order by version
limit 2
