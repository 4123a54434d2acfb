select kinds, seen::text, upto::text, position, place from endpoints
where organization_id = $1::uuid and endpoint_id = $2::uuid and state = 'on'
for update skip locked
