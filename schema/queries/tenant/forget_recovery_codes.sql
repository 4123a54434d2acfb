delete from recovery_codes where organization_id = $1::uuid and user_id = $2::uuid
