-- One of which nothing was heard.
delete from recordings where organization_id = $1::uuid and call_id = $2::uuid and part = $3::integer and state = 'open'
