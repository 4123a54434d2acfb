select renew_leases($1::timestamptz, $2::interval, $3::uuid[], $4::uuid[], $5::bigint[])
