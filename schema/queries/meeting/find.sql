select m.meeting_id, m.manager_id, a.name as manager_name, a.email as manager_email, a.zone as manager_zone, m.lead_id,
       m.conversation_id, lower(m.span) as span_from, upper(m.span) as span_to, m.state, m.title, m.lead_zone, m.sequence,
       m.confirmed_at
from meetings m
join account_managers a on a.organization_id = m.organization_id and a.manager_id = m.manager_id
where m.organization_id = $1::uuid and m.meeting_id = $2::uuid
