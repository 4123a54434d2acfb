update conversations
set stage = $3, state = $4, reason = $5, language = $6, sentiment = $7, channel = $8, facts = $9::jsonb,
    memory = $10::jsonb, message_count = message_count + $11::integer, turn_count = $12::integer,
    updated_at = $13::timestamptz
where organization_id = $1::uuid and conversation_id = $2::uuid
