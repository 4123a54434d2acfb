-- In the order of the turns' own locks: a second person waits here, and then sees what the first one did.
select c.conversation_id
from mailboxes m
join conversations c on c.organization_id = m.organization_id and c.conversation_id = m.conversation_id
where m.organization_id = $1::uuid and m.conversation_id = $2::uuid
for no key update of m, c
