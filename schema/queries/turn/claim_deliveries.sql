select organization_id, delivery_id, was from claim_deliveries($1::timestamptz, $2::interval, $3::integer)
