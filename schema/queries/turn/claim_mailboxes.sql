select organization_id, conversation_id, fence
from claim_mailboxes($1::timestamptz, $2::interval, $3, $4::integer, $5::uuid[])
