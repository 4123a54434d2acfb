-- sealed: $8 turns.opened[] $9 turns.outcome[]
insert into turns (organization_id, conversation_id, turn_number, fence, state, opened_at, opened, closed_at, outcome)
select $1::uuid, g.conversation_id, g.turn_number, g.fence, g.state, g.opened_at, g.opened::jsonb, $2::timestamptz,
       g.outcome::jsonb
from unnest($3::uuid[], $4::integer[], $5::bigint[], $6::text[], $7::timestamptz[], $8::text[], $9::text[])
    as g (conversation_id, turn_number, fence, state, opened_at, opened, outcome)
