update user_tokens set used_at = $3::timestamptz
where organization_id = $1::uuid and user_id = $2::uuid and used_at is null
