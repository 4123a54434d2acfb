update users set subject = $3 where organization_id = $1::uuid and user_id = $2::uuid
