-- sealed: $4 suppressions.proof
-- The first opt-out stands: its reason and proof are what must be shown later.
insert into suppressions (organization_id, address, channel, reason, proof, at)
select $1::uuid, s.address, '*', $3, $4::jsonb, $5::timestamptz from unnest($2::text[]) as s (address)
on conflict (organization_id, address, channel) do nothing
