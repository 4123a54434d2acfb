update consents set revoked_at = $3::timestamptz
where organization_id = $1::uuid and address = any($2::text[]) and revoked_at is null
