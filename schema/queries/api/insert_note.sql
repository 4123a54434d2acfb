-- sealed: $3 messages.text
-- In line with the turns' own messages: whoever writes them holds the mailbox.
with locked as materialized (
    select from mailboxes where organization_id = $1::uuid and conversation_id = $2::uuid for update
), counted as (
    update conversations
    set message_count = message_count + 1, updated_at = $5::timestamptz
    where organization_id = $1::uuid and conversation_id = $2::uuid and exists (select from locked)
    returning message_count, channel, stage
)
insert into messages (organization_id, conversation_id, number, direction, author, channel, text, stage, at, details)
select $1::uuid, $2::uuid, message_count, 'note', 'user', channel, $3, stage, $5::timestamptz, jsonb_build_object('by', $4::text)
from counted
returning number
