update permit_heads set sequence = $2::bigint, hash = $3, newest = $4::timestamptz where organization_id = $1::uuid
