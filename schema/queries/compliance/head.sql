select sequence, hash from permit_heads where organization_id = $1::uuid
