select consent_id, address, channel, purpose, level, source, proof, given_at, expires_at, revoked_at
from consents
where organization_id = $1::uuid and address = any($2::text[])
order by given_at, consent_id
