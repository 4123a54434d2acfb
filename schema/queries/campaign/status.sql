with people as materialized (
    select c.conversation_id, c.state, c.turn_count, c.message_count,
           exists (select from messages m
                   where m.organization_id = c.organization_id and m.conversation_id = c.conversation_id
                     and m.direction = 'in') as wrote
    from conversations c
    where c.organization_id = $1::uuid and c.campaign_id = $2::uuid
)
select k.name, k.state, k.state_since, k.channels, k.starts_at, k.ends_at, k.version, v.playbook, p.*,
       (select min(e.due_at) from people c
        join events e on e.organization_id = $1::uuid and e.conversation_id = c.conversation_id
        where e.kind = 'touch' and e.turn_number is null and e.dropped is null) as next_touch,
       (select count(*) from people c
        join events e on e.organization_id = $1::uuid and e.conversation_id = c.conversation_id
        where e.kind = 'touch' and e.turn_number is null and e.dropped is null) as touches_planned,
       (select coalesce(sum(s.cost_micros), 0) from people c
        join steps s on s.organization_id = $1::uuid and s.conversation_id = c.conversation_id) as cost_micros,
       (select count(*) from people c
        join meetings g on g.organization_id = $1::uuid and g.conversation_id = c.conversation_id
        where g.state = 'booked') as booked,
       (select count(*) from people c
        join meetings g on g.organization_id = $1::uuid and g.conversation_id = c.conversation_id
        where g.state = 'cancelled') as meetings_cancelled
from campaigns k
join playbook_versions v on v.organization_id = k.organization_id and v.version = k.version
cross join (select count(*) as leads,
                   count(*) filter (where state = 'open' and turn_count = 0 and message_count = 0) as untouched,
                   count(*) filter (where state = 'open' and not wrote and turn_count + message_count > 0) as touched,
                   count(*) filter (where state = 'open' and wrote) as talking,
                   count(*) filter (where state = 'held') as held,
                   count(*) filter (where state = 'taken') as taken,
                   count(*) filter (where state = 'closed') as closed
            from people) p
where k.organization_id = $1::uuid and k.campaign_id = $2::uuid
