update meetings set state = 'cancelled', updated_at = $3::timestamptz
where organization_id = $1::uuid and conversation_id = $2::uuid and state = 'held'
