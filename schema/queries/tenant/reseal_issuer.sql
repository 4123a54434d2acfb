update issuers set client_secret = $3::bytea where organization_id = $1::uuid and organization_id = $2::uuid and client_secret = $4::bytea
