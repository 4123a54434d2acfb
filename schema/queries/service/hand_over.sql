-- What whoever takes a call is told of it.
select c.reason, c.facts, l.first_name, l.last_name, l.phone,
       m.state as meeting, lower(m.span) as meeting_at, m.lead_zone as zone
from conversations c
join leads l on l.organization_id = c.organization_id and l.lead_id = c.lead_id
left join lateral (
    select x.state, x.span, x.lead_zone
    from meetings x
    where x.organization_id = c.organization_id and x.conversation_id = c.conversation_id and x.state in ('held', 'booked')
    order by x.created_at desc
    limit 1) m on true
where c.organization_id = $1::uuid and c.conversation_id = $2::uuid
