update session_keys set sealed = $3::bytea where organization_id = $1::uuid and key_id = $2::uuid and sealed = $4::bytea
