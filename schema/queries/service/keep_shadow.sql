-- sealed: $5 shadow_turns.decision
update shadow_turns set state = $4, decision = $5::jsonb, problem = $6, lease_until = null
where organization_id = $1::uuid and conversation_id = $2::uuid and turn_number = $3::integer and state = 'waiting'
