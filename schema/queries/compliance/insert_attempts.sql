insert into attempts (organization_id, attempt_id, address, lead_id, channel, delivery_id, at)
select $1::uuid, g.attempt_id, g.address, g.lead_id, g.channel, g.delivery_id, g.at
from unnest($2::uuid[], $3::text[], $4::uuid[], $5::text[], $6::uuid[], $7::timestamptz[])
    as g (attempt_id, address, lead_id, channel, delivery_id, at)
on conflict (organization_id, attempt_id) do nothing
