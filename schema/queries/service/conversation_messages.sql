select number, direction, author, channel, text, stage, at, delivery_id, details
from messages
where organization_id = $1::uuid and conversation_id = $2::uuid
order by number
