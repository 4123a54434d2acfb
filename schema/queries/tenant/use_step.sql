-- Each step is good once, however many send it at once.
update users set second_factor_step = $3::bigint, second_factor_at = coalesce(second_factor_at, $4::timestamptz)
where organization_id = $1::uuid and user_id = $2::uuid and second_factor_step < $3::bigint
