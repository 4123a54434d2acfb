update users set password = $3
where organization_id = $1::uuid and user_id = $2::uuid and disabled_at is null
