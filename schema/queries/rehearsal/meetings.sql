select m.meeting_id, m.conversation_id, coalesce(l.external_id, l.lead_id::text) as lead, l.first_name, l.last_name,
       a.name as manager, a.email, a.zone as manager_zone, m.lead_zone, lower(m.span) as starts, upper(m.span) as ends,
       m.confirmed_at, m.title
from meetings m
join leads l on l.organization_id = m.organization_id and l.lead_id = m.lead_id
join account_managers a on a.organization_id = m.organization_id and a.manager_id = m.manager_id
where m.organization_id = $1::uuid and m.state = 'booked'
order by starts, manager
