update users set second_factor = $3::bytea where organization_id = $1::uuid and user_id = $2::uuid and second_factor = $4::bytea
