update endpoint_sends
set state = 'due', tries = 0, due_at = $3::timestamptz, created_at = $3::timestamptz, lease_until = null, note = '', done_at = null
where organization_id = $1::uuid and endpoint_id = $2::uuid
  and ($4::uuid is null or send_id = $4::uuid) and ($4::uuid is not null or state = 'dead' or ($5 and state = 'sent'))
  and ($6::timestamptz is null or at >= $6::timestamptz) and state <> 'due'
