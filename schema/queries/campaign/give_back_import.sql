update imports
set lease_until = $4::timestamptz
where organization_id = $1::uuid and import_id = $2::uuid and tries = $3::integer and ended_at is null
