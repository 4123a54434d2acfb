insert into attempts (organization_id, attempt_id, address, lead_id, channel, delivery_id, at)
values ($1::uuid, $2::uuid, $3, $4::uuid, $5, $6::uuid, $7::timestamptz)
on conflict (organization_id, attempt_id) do nothing
