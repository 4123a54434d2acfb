insert into session_keys (organization_id, key_id, sealed, created_at)
values ($1::uuid, $2::uuid, $3::bytea, $4::timestamptz)
