-- sealed: $8 consents.proof
-- The same consent again is the same row.
insert into consents (organization_id, consent_id, address, channel, purpose, level, source, proof, given_at, expires_at)
values ($1::uuid, $2::uuid, $3, $4, $5, $6, $7, $8::jsonb, $9::timestamptz, $10::timestamptz)
on conflict (organization_id, consent_id) do nothing
