select organization_id, endpoint_id from endpoints_behind($1::integer)
