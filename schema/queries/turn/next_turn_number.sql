select coalesce(max(turn_number), 0) + 1 as number
from turns
where organization_id = $1::uuid and conversation_id = $2::uuid
