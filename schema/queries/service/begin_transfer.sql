-- A call is about to be connected with somebody else; once.
update calls
set transfer_to = $3, transferred_at = $4::timestamptz
where organization_id = $1::uuid and call_id = $2::uuid and state <> 'ended' and transferred_at is null
returning call_id
