-- sealed: $6 imports.report
update imports
set state = $4, csv = null, problem = $5, report = coalesce($6::jsonb, report), ended_at = $7::timestamptz, lease_until = null
where organization_id = $1::uuid and import_id = $2::uuid and tries = $3::integer and ended_at is null
