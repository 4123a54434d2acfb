-- sealed: $3 suppressions.proof[]
insert into suppressions (organization_id, address, channel, reason, proof, at)
select $1::uuid, s.address, '*', 'said so in the imported list', s.proof::jsonb, $4::timestamptz
from unnest($2::text[], $3::text[]) as s (address, proof)
on conflict (organization_id, address, channel) do nothing
