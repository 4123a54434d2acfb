insert into permits (organization_id, permit_id, sequence, address, channel, purpose, minute, document, previous_hash, hash)
values ($1::uuid, $2::uuid, $3::bigint, $4, $5, $6, $7::timestamptz, $8::jsonb, $9, $10)
on conflict (organization_id, permit_id) do nothing
