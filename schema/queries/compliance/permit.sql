select permit_id, sequence, address, channel, purpose, minute, document, previous_hash, hash
from permits
where organization_id = $1::uuid and permit_id = $2::uuid
