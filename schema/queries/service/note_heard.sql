-- sealed: $4 messages.details
-- What the person really heard of it.
update messages m
set details = m.details || $4::jsonb
where m.organization_id = $1::uuid and m.conversation_id = $2::uuid and m.number = $3::integer
