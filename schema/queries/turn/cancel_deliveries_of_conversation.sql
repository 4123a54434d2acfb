update deliveries set state = 'cancelled', note = $3, updated_at = $4::timestamptz
where organization_id = $1::uuid and conversation_id = $2::uuid and state = 'due'
