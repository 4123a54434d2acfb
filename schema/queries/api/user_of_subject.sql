-- By who they are at the issuer, else by an address that nobody there has claimed before.
select user_id from users
where organization_id = $1::uuid and disabled_at is null and (subject = $2 or (subject is null and email = $3))
order by subject nulls last
limit 1
