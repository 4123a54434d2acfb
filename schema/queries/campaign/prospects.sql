-- Whose first touch is still to come, a batch after $3.
select c.conversation_id, l.lead_id, l.external_id, l.first_name, l.last_name, l.phone, l.email, l.country,
       l.state as lead_state, l.postal_code, l.zone, l.language as lead_language, l.company, l.title, l.custom, l.evidence
from conversations c
join leads l on l.organization_id = c.organization_id and l.lead_id = c.lead_id
where c.organization_id = $1::uuid and c.campaign_id = $2::uuid and c.state = 'open'
  and c.message_count = 0 and c.turn_count = 0
  and ($3::uuid is null or c.conversation_id > $3::uuid)
order by c.conversation_id
limit $4::integer
