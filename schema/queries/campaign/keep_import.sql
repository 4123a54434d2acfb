-- sealed: $7 imports.report
-- In the transaction that writes its leads: what it made is there, and it is no list any more.
update imports
set state = 'planning', csv = null, rows_read = $4::integer, kept = $5::integer, refused = $6::integer, report = $7::jsonb
where organization_id = $1::uuid and import_id = $2::uuid and tries = $3::integer and state = 'running' and not cancelled
returning import_id
