-- Closed turns keep that they were, when, and what they cost.
with old as (
    select t.conversation_id, t.turn_number
    from turns t
    where t.organization_id = $1::uuid and t.state <> 'open' and t.closed_at < $2::timestamptz and t.opened <> '{}'
    order by t.conversation_id, t.turn_number
    limit $3::integer
    for update skip locked
), steps_emptied as (
    update steps s set result = '{}', request_hash = ''
    from old
    where s.organization_id = $1::uuid and s.conversation_id = old.conversation_id and s.turn_number = old.turn_number
), events_emptied as (
    update events e set payload = '{}'
    from old
    where e.organization_id = $1::uuid and e.conversation_id = old.conversation_id and e.turn_number = old.turn_number
)
update turns t set opened = '{}', outcome = '{}'
from old
where t.organization_id = $1::uuid and t.conversation_id = old.conversation_id and t.turn_number = old.turn_number
