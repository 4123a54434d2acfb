-- What was written down as said and then cancelled before it left.
update messages m set details = m.details || '{"unsent": true}'
from deliveries d
join conversations c on c.organization_id = d.organization_id and c.conversation_id = d.conversation_id
where c.organization_id = $1::uuid and c.campaign_id = $2::uuid and d.state = 'cancelled'
  and m.organization_id = $1::uuid and m.conversation_id = d.conversation_id and m.delivery_id = d.delivery_id
  and not m.details ? 'unsent'
