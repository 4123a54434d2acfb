select manager_id, starts_at, ends_at
from slot_offers
where organization_id = $1::uuid and offered_at > $2::timestamptz and conversation_id <> $3::uuid
  and ends_at > $4::timestamptz
order by starts_at, manager_id
