select number, direction, author, channel, text, stage, at, details
from (select *
      from messages
      where organization_id = $1::uuid and conversation_id = $2::uuid and number <= $3::integer
      order by number desc
      limit 60) x
order by number
