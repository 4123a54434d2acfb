update turns set state = $4, closed_at = $5::timestamptz, outcome = $6::jsonb
where organization_id = $1::uuid and conversation_id = $2::uuid and turn_number = $3::integer
