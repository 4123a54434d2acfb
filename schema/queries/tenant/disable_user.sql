update users set disabled_at = $3::timestamptz
where organization_id = $1::uuid and user_id = $2::uuid and (disabled_at is null) = ($3::timestamptz is not null)
