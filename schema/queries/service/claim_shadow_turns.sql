select organization_id, conversation_id, turn_number, version
from claim_shadow_turns($1::timestamptz, $2::interval, $3::integer, $4::integer)
