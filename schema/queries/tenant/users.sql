-- All of them, or one: by id ($2) or address ($3).
select user_id, email, name, role, created_at, disabled_at, signed_in_at, password is not null as has_password,
       second_factor_at is not null as has_second_factor
from users
where organization_id = $1::uuid and ($2::uuid is null or user_id = $2::uuid) and ($3::text is null or email = $3)
order by user_id
