-- Open conversations in which something has happened, a batch after $3.
select c.conversation_id, c.takeover_fence
from conversations c
where c.organization_id = $1::uuid and c.campaign_id = $2::uuid and c.state = 'open'
  and (c.turn_count > 0 or c.message_count > 0)
  and ($3::uuid is null or c.conversation_id > $3::uuid)
order by c.conversation_id
limit $4::integer
