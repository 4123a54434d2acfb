select import_id, report from imports where organization_id = $1::uuid and report is not null
