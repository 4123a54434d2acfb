select password, name, email from users where organization_id = $1::uuid and user_id = $2::uuid
