-- Once: whoever comes a second time finds nothing.
delete from sign_in_starts
where organization_id = $1::uuid and state = $2 and keep = $3 and expires_at > $4::timestamptz
returning nonce, verifier
