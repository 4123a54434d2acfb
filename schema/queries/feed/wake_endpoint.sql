update endpoints set failures = 0, resting_until = null where organization_id = $1::uuid and endpoint_id = $2::uuid
