select manager_id, lower(blocked) as blocked_from, upper(blocked) as blocked_to
from meetings
where organization_id = $1::uuid and blocked && tstzrange($2::timestamptz, $3::timestamptz)
  and (state = 'booked' or (state = 'held' and hold_until > $4::timestamptz))
order by lower(blocked), manager_id
