insert into suppressions (organization_id, address, channel, reason, proof, at)
values ($1::uuid, $2, '*', $3, $4::jsonb, $5::timestamptz)
on conflict (organization_id, address, channel) do nothing
