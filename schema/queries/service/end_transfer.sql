-- What came of it, found by our id or by its carrier's; what comes later changes nothing.
update calls
set transfer_outcome = $5, transfer_ended_at = $6::timestamptz
where organization_id = $1::uuid and ($2::uuid is null or binding_id = $2::uuid) and transferred_at is not null
  and transfer_outcome is null and (call_id = $3::uuid or reference = $4)
returning call_id, conversation_id
