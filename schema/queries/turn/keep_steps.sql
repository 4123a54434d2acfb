-- sealed: $7 steps.result[]
-- For a turn whose fence is checked in the same transaction.
insert into steps (organization_id, conversation_id, turn_number, step_number, kind, request_hash, result, cost_micros,
                   started_at, ended_at)
select $1::uuid, g.conversation_id, g.turn_number, g.step_number, g.kind, g.request_hash, g.result::jsonb, g.cost_micros,
       g.started_at, g.ended_at
from unnest($2::uuid[], $3::integer[], $4::integer[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::timestamptz[],
            $10::timestamptz[])
    as g (conversation_id, turn_number, step_number, kind, request_hash, result, cost_micros, started_at, ended_at)
