insert into endpoint_sends (organization_id, send_id, endpoint_id, kind, at, data, due_at, created_at)
select $1::uuid, g.send_id, $2::uuid, g.kind, g.at, g.data::jsonb, $3::timestamptz, $3::timestamptz
from unnest($4::uuid[], $5::text[], $6::timestamptz[], $7::text[]) as g (send_id, kind, at, data)
