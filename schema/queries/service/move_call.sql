-- Its carrier connects the person with somebody else: nobody's sound, but not over, for nobody may take it.
with moved as (
    update calls
    set engine = null, engine_until = $5::timestamptz, token_digest = null, reason = 'transferred',
        answered_by = coalesce(answered_by, $3), details = details || $4::jsonb || '{"transferred": true}'
    where organization_id = $1::uuid and call_id = $2::uuid and state <> 'ended'
    returning organization_id, conversation_id
)
update mailboxes m
set engine = null, engine_until = null
from moved c
where m.organization_id = c.organization_id and m.conversation_id = c.conversation_id
