select q.number, r.suppressed_at, r.consent, r.attempts, r.registries, r.own
from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::integer[]) as q (address, lowered, channel, purpose, number)
cross join lateral contact_records($1::uuid, q.address, q.lowered, q.channel, q.purpose, $2::timestamptz) r
order by q.number
