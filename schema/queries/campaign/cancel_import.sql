-- One that waits is over at once; one that runs stops at its next look, and nothing of it is kept.
update imports
set cancelled = true, state = case when state = 'waiting' then 'cancelled' else state end,
    csv = case when state = 'waiting' then null else csv end,
    ended_at = case when state = 'waiting' then $3::timestamptz else ended_at end
where organization_id = $1::uuid and import_id = $2::uuid and state in ('waiting', 'running')
returning import_id
