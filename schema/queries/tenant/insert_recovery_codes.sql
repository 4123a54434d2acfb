insert into recovery_codes (organization_id, user_id, hash)
select $1::uuid, $2::uuid, unnest($3::text[])
