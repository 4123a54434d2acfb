select state from conversations where organization_id = $1::uuid and conversation_id = $2::uuid
