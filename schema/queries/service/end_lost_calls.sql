select organization_id, call_id, conversation_id, reason from end_lost_calls($1::timestamptz, $2::timestamptz)
