select turn_number, step_number, kind, result, cost_micros, started_at, ended_at
from steps
where organization_id = $1::uuid and conversation_id = $2::uuid
order by turn_number, step_number
