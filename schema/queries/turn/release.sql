update mailboxes m
set lease_until = null, worker = null,
    wake_at = (select min(e.due_at) from events e
               where e.organization_id = m.organization_id and e.conversation_id = m.conversation_id
                 and e.turn_number is null and e.dropped is null)
from unnest($2::uuid[], $3::bigint[]) as g (conversation_id, fence)
where m.organization_id = $1::uuid and m.conversation_id = g.conversation_id and m.fence = g.fence
  and m.conversation_id = any($2::uuid[])
