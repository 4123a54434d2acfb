select conversation_id from conversations
where organization_id = $1::uuid and campaign_id = $2::uuid and turn_count > 0
order by conversation_id
limit $3::integer
