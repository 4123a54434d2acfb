select organization_id, send_id from claim_send($1::timestamptz, $2::interval, $3::integer, $4::uuid[])
