update api_keys set revoked_at = $3::timestamptz
where organization_id = $1::uuid and key_id = $2::uuid and revoked_at is null
