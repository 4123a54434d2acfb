select files from playbook_versions where organization_id = $1::uuid and version = $2
