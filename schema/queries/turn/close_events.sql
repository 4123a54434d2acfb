update events set turn_number = $4::integer
where organization_id = $1::uuid and conversation_id = $2::uuid and event_id = any($3::uuid[])
