delete from issuers where organization_id = $1::uuid
