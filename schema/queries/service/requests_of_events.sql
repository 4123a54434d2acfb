-- Which calls of the API these events come from.
select event_id, payload ->> 'request' as request
from events
where organization_id = $1::uuid and event_id = any($2::uuid[]) and payload ? 'request'
