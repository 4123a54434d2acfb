select turn_number, state, opened_at, closed_at, opened, outcome
from turns
where organization_id = $1::uuid and conversation_id = $2::uuid
order by turn_number
