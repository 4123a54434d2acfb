select step_number, kind, request_hash, result from steps
where organization_id = $1::uuid and conversation_id = $2::uuid and turn_number = $3::integer
order by step_number
