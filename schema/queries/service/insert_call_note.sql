-- sealed: $3 messages.text $5 messages.details
-- What the engine tells users of a call, in line with the turns' own messages: whoever writes them holds the mailbox.
with locked as materialized (
    select from mailboxes where organization_id = $1::uuid and conversation_id = $2::uuid for update
), counted as (
    update conversations
    set message_count = message_count + 1, updated_at = $4::timestamptz
    where organization_id = $1::uuid and conversation_id = $2::uuid and exists (select from locked)
    returning message_count, stage
)
insert into messages (organization_id, conversation_id, number, direction, author, channel, text, stage, at, details)
select $1::uuid, $2::uuid, message_count, 'note', 'engine', 'voice', $3, stage, $4::timestamptz, $5::jsonb
from counted
returning number
