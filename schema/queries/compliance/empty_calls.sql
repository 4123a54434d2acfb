-- What was said in the calls of conversations that closed before then. That there was a call, and how long it was, stays.
with old as (
    select l.call_id, l.number
    from call_lines l
    join calls k on k.organization_id = l.organization_id and k.call_id = l.call_id
    join conversations c on c.organization_id = k.organization_id and c.conversation_id = k.conversation_id
    where l.organization_id = $1::uuid and c.state = 'closed' and c.updated_at < $2::timestamptz
      and k.started_at < $2::timestamptz and l.text <> ''
    order by l.call_id, l.number
    limit $3::integer
)
update call_lines l set text = '', words = '[]'
from old
where l.organization_id = $1::uuid and l.call_id = old.call_id and l.number = old.number
