select state, report from imports where organization_id = $1::uuid and import_id = $2::uuid
