select m.fence, c.takeover_fence, c.message_count
from mailboxes m
join conversations c on c.organization_id = m.organization_id and c.conversation_id = m.conversation_id
where m.organization_id = $1::uuid and m.conversation_id = $2::uuid
for update
