select c.version, c.stage, c.state, c.facts, m.lease_until is not null as at_work
from conversations c
join mailboxes m on m.organization_id = c.organization_id and m.conversation_id = c.conversation_id
where c.organization_id = $1::uuid and c.conversation_id = $2::uuid
for no key update of c, m
