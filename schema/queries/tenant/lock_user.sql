-- Who has this password still, and may come in.
select user_id from users
where organization_id = $1::uuid and user_id = $2::uuid and password = $3 and disabled_at is null
for no key update
