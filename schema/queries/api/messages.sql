select number, direction, author, channel, stage, text, at, details
from messages
where organization_id = $1::uuid and conversation_id = $2::uuid and number > $3::integer
order by number
limit $4::integer
