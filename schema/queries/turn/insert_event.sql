insert into events (organization_id, event_id, conversation_id, kind, due_at, received_at, dedupe_key, payload)
values ($1::uuid, $2::uuid, $3::uuid, $4, $5::timestamptz, $6::timestamptz, $7, $8::jsonb)
on conflict do nothing
