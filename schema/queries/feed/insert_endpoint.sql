insert into endpoints (organization_id, endpoint_id, url, kinds, about, secrets, seen, created_at)
values ($1::uuid, $2::uuid, $3, $4::text[], $5, $6::bytea, pg_current_snapshot(), $7::timestamptz)
