update shadow_turns set lease_until = $4::timestamptz, tries = tries - 1
where organization_id = $1::uuid and conversation_id = $2::uuid and turn_number = $3::integer and state = 'waiting'
