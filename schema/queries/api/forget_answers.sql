delete from api_answers where organization_id = $1::uuid and key_id = $2::uuid and at < $3::timestamptz
