update endpoints set seen = $3::pg_snapshot, upto = $4::pg_snapshot, position = $5::bigint, place = $6::bigint
where organization_id = $1::uuid and endpoint_id = $2::uuid
