delete from sessions
where organization_id = $1::uuid and user_id = $2::uuid and expires_at < $3::timestamptz
