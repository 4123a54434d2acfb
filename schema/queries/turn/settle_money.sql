select settle_money($1::uuid, $2::uuid[], $3::integer[])
