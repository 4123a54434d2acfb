with ended as (
    update calls
    set state = 'ended', ended_at = $4::timestamptz, reason = case when reason = '' then $3 else reason end,
        answered_by = coalesce(answered_by, $5), details = details || $6::jsonb, recording = coalesce($7, recording),
        engine = null, engine_until = null, token_digest = null
    where organization_id = $1::uuid and call_id = $2::uuid
    returning organization_id, call_id, conversation_id
)
update mailboxes m
set engine = null, engine_until = null
from ended e
where m.organization_id = e.organization_id and m.conversation_id = e.conversation_id
returning m.conversation_id
