select delivery_id, conversation_id, turn_number, channel, sender, recipient, text, state, reference, note, permit_id, tries,
       due_at, sent_at, created_at
from deliveries
where organization_id = $1::uuid and delivery_id < $2::uuid and state = $4
order by delivery_id desc
limit $3::integer
