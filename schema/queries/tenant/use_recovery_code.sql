update recovery_codes set used_at = $4::timestamptz
where organization_id = $1::uuid and user_id = $2::uuid and hash = $3 and used_at is null
