select permit_id, address, channel, purpose, minute, document, hash
from permits
where organization_id = $1::uuid and permit_id = $2::uuid
