-- What was said in a call and of which it is not known what was heard: its opening ($3), else its latest replies.
select m.number, m.text
from messages m
where m.organization_id = $1::uuid and m.conversation_id = $2::uuid and m.direction = 'out' and not m.details ? 'heard'
  and (m.delivery_id = $3::uuid or ($3::uuid is null and m.details ->> 'call' = $4))
order by m.number desc
limit 10
