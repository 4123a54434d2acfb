insert into api_keys (organization_id, key_id, hash, name, role, created_at, expires_at, scopes)
values ($1::uuid, $2::uuid, $3, $4, $5, $6::timestamptz, $7::timestamptz, $8::text[])
on conflict do nothing
