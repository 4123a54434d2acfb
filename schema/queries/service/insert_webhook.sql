insert into webhooks (organization_id, webhook_id, binding_id, received_at, method, url, headers, body, outcome, note)
values ($1::uuid, $2::uuid, $3::uuid, $4::timestamptz, $5, $6, $7::jsonb, $8::bytea, $9, $10)
on conflict (organization_id, webhook_id) do nothing
