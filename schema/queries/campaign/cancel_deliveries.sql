update deliveries d
set state = 'cancelled', note = $4, updated_at = $3::timestamptz
from conversations c
where c.organization_id = $1::uuid and c.campaign_id = $2::uuid
  and d.organization_id = $1::uuid and d.conversation_id = c.conversation_id and d.state = any($5::text[])
