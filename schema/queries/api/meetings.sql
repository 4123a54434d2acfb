select m.meeting_id, m.conversation_id, m.lead_id, lower(m.span) as starts_at, upper(m.span) as ends_at, m.state, m.outcome,
       m.title, m.lead_zone, m.confirmed_at, m.created_at, a.name as manager, a.email as manager_email, a.zone as manager_zone
from meetings m
join account_managers a on a.organization_id = m.organization_id and a.manager_id = m.manager_id
where m.organization_id = $1::uuid and m.meeting_id < $2::uuid
order by m.meeting_id desc
limit $3::integer
