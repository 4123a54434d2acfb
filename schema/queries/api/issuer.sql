select issuer, client_id, client_secret, redirect_url, created_at from issuers where organization_id = $1::uuid
