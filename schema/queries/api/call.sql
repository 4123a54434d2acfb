select c.call_id, c.conversation_id, c.direction, c.state, c.started_at, c.answered_at, c.ended_at, c.answered_by, c.reason,
       c.transfer_to, c.transferred_at, c.transfer_ended_at, c.transfer_outcome, c.recording is not distinct from 'refused' as recording_refused,
       c.details, v.lead_id, v.campaign_id, l.first_name, l.last_name, l.phone,
       exists (select from recordings r
               where r.organization_id = c.organization_id and r.call_id = c.call_id and r.state = 'stored') as recorded
from calls c
join conversations v on v.organization_id = c.organization_id and v.conversation_id = c.conversation_id
join leads l on l.organization_id = v.organization_id and l.lead_id = v.lead_id
where c.organization_id = $1::uuid and c.call_id = $2::uuid
