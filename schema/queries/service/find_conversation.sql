select organization_id, conversation_id from find_conversation($1)
