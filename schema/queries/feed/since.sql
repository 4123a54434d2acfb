select now_life, now_seen::text, organization_id, position, place, at, kind, data
from feed_since($1::uuid[], $2, $3::pg_snapshot, $4::pg_snapshot, $5::bigint, $6::bigint, $7::integer, $8::integer)
