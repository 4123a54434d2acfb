insert into issuers (organization_id, issuer, client_id, client_secret, redirect_url, created_at)
values ($1::uuid, $2, $3, $4::bytea, $5, $6::timestamptz)
on conflict (organization_id) do update
    set issuer = excluded.issuer, client_id = excluded.client_id, client_secret = excluded.client_secret,
        redirect_url = excluded.redirect_url, created_at = excluded.created_at
