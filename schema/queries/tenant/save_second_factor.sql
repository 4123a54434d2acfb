update users set second_factor = $3::bytea, second_factor_at = null, second_factor_step = 0
where organization_id = $1::uuid and user_id = $2::uuid
