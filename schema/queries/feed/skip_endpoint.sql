update endpoints set seen = pg_current_snapshot(), upto = null, position = 0, place = 0, note = $3
where organization_id = $1::uuid and endpoint_id = $2::uuid
