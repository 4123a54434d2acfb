update conversations
set state = 'closed', reason = $3, takeover_fence = takeover_fence + 1, updated_at = $4::timestamptz
where organization_id = $1::uuid and lead_id = $2::uuid
