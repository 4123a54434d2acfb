with gone as (
    delete from sign_in_starts where organization_id = $1::uuid and expires_at <= $7::timestamptz - interval '1 hour'
)
insert into sign_in_starts (organization_id, start_id, state, keep, nonce, verifier, expires_at)
values ($1::uuid, $2::uuid, $3, $4, $5, $6, $7::timestamptz)
