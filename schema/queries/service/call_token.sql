-- A call that its carrier connects to us once more.
update calls set token_digest = $4, reason = ''
where organization_id = $1::uuid and binding_id = $2::uuid and reference = $3 and state <> 'ended'
