update conversations c
set state = 'closed', reason = r.reason, updated_at = $4::timestamptz
from unnest($2::uuid[], $3::text[]) as r (conversation_id, reason)
where c.organization_id = $1::uuid and c.conversation_id = r.conversation_id and c.state = 'open'
