-- Mailboxes wake for what is still pending: what somebody wrote.
update mailboxes m
set wake_at = (select min(e.due_at) from events e
               where e.organization_id = m.organization_id and e.conversation_id = m.conversation_id
                 and e.turn_number is null and e.dropped is null)
from conversations c
where c.organization_id = $1::uuid and c.campaign_id = $2::uuid
  and m.organization_id = $1::uuid and m.conversation_id = c.conversation_id and m.wake_at is not null
