-- sealed: $7 steps.result
insert into steps (organization_id, conversation_id, turn_number, step_number, kind, request_hash, result, cost_micros,
                   started_at, ended_at)
values ($1::uuid, $2::uuid, $3::integer, $4::integer, $5, $6, $7::jsonb, $8::bigint, $9::timestamptz, $10::timestamptz)
on conflict do nothing
