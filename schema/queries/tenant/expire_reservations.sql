select expire_reservations($1::uuid, $2::timestamptz) as expired
