insert into user_tokens (organization_id, token_id, user_id, kind, hash, created_at, expires_at)
values ($1::uuid, $2::uuid, $3::uuid, $4, $5, $6::timestamptz, $7::timestamptz)
