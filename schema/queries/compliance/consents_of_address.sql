select channel, purpose, level, source, proof, given_at, expires_at, revoked_at
from consents
where organization_id = $1::uuid and address in ($2::text, lower($2::text)) and given_at <= $3::timestamptz
order by given_at, consent_id
