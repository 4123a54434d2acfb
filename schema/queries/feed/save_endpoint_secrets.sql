update endpoints set secrets = $3::bytea, secret_before_until = $4::timestamptz
where organization_id = $1::uuid and endpoint_id = $2::uuid
