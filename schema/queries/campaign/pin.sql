update conversations set version = $3, updated_at = $4::timestamptz
where organization_id = $1::uuid and conversation_id = $2::uuid
