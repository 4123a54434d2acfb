update permit_heads set sequence = $2::bigint, hash = $3 where organization_id = $1::uuid
