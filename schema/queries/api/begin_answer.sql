-- Waits for a call with the same key that is at work, and then finds its answer there.
insert into api_answers (organization_id, key_id, idempotency_key, request_hash, status, answer, at)
values ($1::uuid, $2::uuid, $3, $4, 0, '', $5::timestamptz)
on conflict do nothing
