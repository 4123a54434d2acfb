select count(*) as newer
from events
where organization_id = $1::uuid and conversation_id = $2::uuid and kind in ('message', 'takeover')
  and turn_number is null and dropped is null and not event_id = any($3::uuid[])
