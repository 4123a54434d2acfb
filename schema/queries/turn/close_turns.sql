-- sealed: $7 turns.outcome[]
update turns t set state = g.state, fence = g.fence, closed_at = $2::timestamptz, outcome = g.outcome::jsonb
from unnest($3::uuid[], $4::integer[], $5::bigint[], $6::text[], $7::text[])
    as g (conversation_id, turn_number, fence, state, outcome)
where t.organization_id = $1::uuid and t.conversation_id = g.conversation_id and t.turn_number = g.turn_number
  and t.conversation_id = any($3::uuid[])
