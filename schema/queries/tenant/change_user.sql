update users
set name = coalesce($3, name), role = coalesce($4, role)
where organization_id = $1::uuid and user_id = $2::uuid
