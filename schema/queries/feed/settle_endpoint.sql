update endpoints
set failures = case when $3 then 0 else failures + 1 end,
    failing_since = case when $3 then null else coalesce(failing_since, $4::timestamptz) end,
    resting_until = $5::timestamptz, note = $6, slow = $8, state = case when $7 then 'off' else state end
where organization_id = $1::uuid and endpoint_id = $2::uuid
