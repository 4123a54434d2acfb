select permit_id, sequence, address, channel, purpose, minute, document, previous_hash, hash
from empty_permits($1::uuid, $2::text[])
order by sequence
