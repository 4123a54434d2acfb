-- Those who can still sign in, locked until the transaction ends: two of them cannot disable each other.
select user_id from users
where organization_id = $1::uuid and role = 'admin' and disabled_at is null
  and (password is not null or subject is not null)
order by user_id
for no key update
