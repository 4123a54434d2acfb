select extract(epoch from (upper(blocked) - lower(blocked)) - (upper(span) - lower(span)))::bigint as buffer
from meetings
where organization_id = $1::uuid and meeting_id = $2::uuid
