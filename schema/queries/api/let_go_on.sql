-- The agent may speak again in one that waits for a person; what was drafted before is void.
update conversations
set state = 'open', reason = '', takeover_fence = takeover_fence + 1, updated_at = $3::timestamptz
where organization_id = $1::uuid and conversation_id = $2::uuid and state = 'held'
