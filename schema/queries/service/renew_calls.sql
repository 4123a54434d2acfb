-- Signs of life of the calls that this engine has; what is known of them now.
with ours as (
    update calls set engine_until = $4::timestamptz
    where organization_id = $1::uuid and call_id = any($2::uuid[]) and engine = $3 and state = 'talking'
    returning organization_id, call_id, conversation_id, answered_by
), boxes as (
    update mailboxes m set engine_until = $4::timestamptz, engine = $3
    from ours o
    where m.organization_id = o.organization_id and m.conversation_id = o.conversation_id
)
select o.call_id, o.answered_by, c.state, c.reason
from ours o
join conversations c on c.organization_id = o.organization_id and c.conversation_id = o.conversation_id
