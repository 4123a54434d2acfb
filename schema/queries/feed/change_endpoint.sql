update endpoints
set url = coalesce($3, url), kinds = coalesce($4::text[], kinds), about = coalesce($5, about), state = coalesce($6, state),
    failures = case when $6 = 'on' then 0 else failures end, failing_since = case when $6 = 'on' then null else failing_since end,
    resting_until = case when $6 = 'on' then null else resting_until end, note = case when $6 is not null then '' else note end,
    seen = case when $6 = 'on' and state = 'off' then pg_current_snapshot() else seen end,
    upto = case when $6 = 'on' and state = 'off' then null else upto end
where organization_id = $1::uuid and endpoint_id = $2::uuid
