-- sealed: $8 steps.result[] $12 turns.opened[]
-- A worker whose fence was passed writes nothing. The mailbox is locked so that a claim comes before or after, and whoever
-- opens the turn then sees every step. Steps do not wait for the disk: one whose forerunners were lost with the database server is
-- not written either, or the record would have a hole.
with given as (
    select *
    from unnest($2::uuid[], $3::bigint[], $4::integer[], $5::integer[], $6::text[], $7::text[], $8::text[], $9::bigint[],
                $10::timestamptz[], $11::timestamptz[], $12::text[], $13::timestamptz[])
        as g (conversation_id, fence, turn_number, step_number, kind, request_hash, result, cost_micros, started_at, ended_at,
              opened, opened_at)
), ours as materialized (
    select g.*
    from given g
    join mailboxes m on m.organization_id = $1::uuid and m.conversation_id = g.conversation_id and m.fence = g.fence
    where m.conversation_id = any($2::uuid[])
      and g.step_number = 1 + (select count(*) from steps s
                               where s.organization_id = $1::uuid and s.conversation_id = g.conversation_id
                                 and s.turn_number = g.turn_number)
      and (g.opened is not null
           or exists (select from turns t
                      where t.organization_id = $1::uuid and t.conversation_id = g.conversation_id
                        and t.turn_number = g.turn_number and t.state = 'open'))
    order by g.conversation_id
    for share of m
), begun as (
    insert into turns (organization_id, conversation_id, turn_number, fence, state, opened_at, opened)
    select $1::uuid, o.conversation_id, o.turn_number, o.fence, 'open', o.opened_at, o.opened::jsonb
    from ours o
    where o.opened is not null
)
insert into steps (organization_id, conversation_id, turn_number, step_number, kind, request_hash, result, cost_micros,
                   started_at, ended_at)
select $1::uuid, o.conversation_id, o.turn_number, o.step_number, o.kind, o.request_hash, o.result::jsonb, o.cost_micros,
       o.started_at, o.ended_at
from ours o
returning conversation_id
