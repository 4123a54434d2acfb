-- A call to us that its carrier tells of once more: what it was told first did not arrive.
update calls set token_digest = $4
where organization_id = $1::uuid and binding_id = $2::uuid and reference = $3 and direction = 'inbound' and state = 'ringing'
returning call_id
