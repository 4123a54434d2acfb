select c.call_id, c.conversation_id, c.direction, c.state, c.started_at, c.answered_at, c.ended_at, c.answered_by, c.reason, c.transfer_to, c.transfer_outcome, c.recording,
       c.details, l.first_name, l.last_name, l.phone
from calls c
join conversations v on v.organization_id = c.organization_id and v.conversation_id = c.conversation_id
join leads l on l.organization_id = v.organization_id and l.lead_id = v.lead_id
where c.organization_id = $1::uuid and ($2::uuid is null or c.call_id = $2::uuid)
order by c.started_at desc, c.call_id
limit $3::integer
