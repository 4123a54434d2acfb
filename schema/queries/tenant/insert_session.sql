with began as (
    update users set signed_in_at = $4::timestamptz where organization_id = $1::uuid and user_id = $3::uuid
)
insert into sessions (organization_id, session_id, user_id, created_at, expires_at, network, program)
values ($1::uuid, $2::uuid, $3::uuid, $4::timestamptz, $5::timestamptz, $6, $7)
