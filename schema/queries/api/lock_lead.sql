select lead_id from leads where organization_id = $1::uuid and lead_id = $2::uuid for no key update
