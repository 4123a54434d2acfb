update recordings set state = 'stored', stored_at = $4::timestamptz, bytes = $5::bigint, milliseconds = $6::bigint
where organization_id = $1::uuid and call_id = $2::uuid and part = $3::integer
returning part
