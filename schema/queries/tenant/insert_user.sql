insert into users (organization_id, user_id, email, name, role, created_at)
values ($1::uuid, $2::uuid, $3, $4, $5, $6::timestamptz)
on conflict do nothing
