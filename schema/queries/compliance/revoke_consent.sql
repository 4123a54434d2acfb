-- sealed: $6 consents.proof
-- Of one channel or purpose, or ('*') of all of them. What was given for all of them ends with any of them: nobody can tell what
-- of it was meant to stay.
update consents set revoked_at = greatest(given_at, $5::timestamptz), proof = proof || jsonb_build_object('revoked', $6::jsonb)
where organization_id = $1::uuid and address = any($2::text[]) and (revoked_at is null or revoked_at > $5::timestamptz)
  and ($3 = '*' or channel in ($3, '*')) and ($4 = '*' or purpose in ($4, '*'))
