-- sealed: $6 webhooks.url[] $7 webhooks.headers[] $8 webhooks.body[]
insert into webhooks (organization_id, webhook_id, binding_id, received_at, method, url, headers, body, outcome, note)
select $1::uuid, g.webhook_id, g.binding_id, g.received_at, g.method, g.url, g.headers::jsonb, g.body, g.outcome, g.note
from unnest($2::uuid[], $3::uuid[], $4::timestamptz[], $5::text[], $6::text[], $7::text[], $8::bytea[], $9::text[],
            $10::text[]) as g (webhook_id, binding_id, received_at, method, url, headers, body, outcome, note)
on conflict (organization_id, webhook_id) do nothing
