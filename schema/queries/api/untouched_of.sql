-- The conversations of whoever has one of these addresses in which nothing has happened yet.
select c.conversation_id, l.phone, l.email
from conversations c
join leads l on l.organization_id = c.organization_id and l.lead_id = c.lead_id
where c.organization_id = $1::uuid and c.campaign_id = $2::uuid and (l.phone = $3 or l.email = $4) and c.state = 'open'
  and c.message_count = 0 and c.turn_count = 0
  and not exists (select from events e where e.organization_id = c.organization_id and e.conversation_id = c.conversation_id)
