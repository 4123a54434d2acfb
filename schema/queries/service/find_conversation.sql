select c.organization_id, c.conversation_id
from conversations c
join leads l on l.organization_id = c.organization_id and l.lead_id = c.lead_id
where c.conversation_id::text = $1 or l.external_id = $1
order by c.created_at desc
limit 1
