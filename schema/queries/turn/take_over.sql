update conversations
set state = 'taken', reason = $3, takeover_fence = takeover_fence + 1, updated_at = $4::timestamptz
where organization_id = $1::uuid and conversation_id = $2::uuid and state <> 'closed'
returning takeover_fence
