-- What was said in conversations that closed before then. That something was said, by whom and when, stays.
with old as (
    select m.conversation_id, m.number, m.delivery_id
    from messages m
    join conversations c on c.organization_id = m.organization_id and c.conversation_id = m.conversation_id
    where m.organization_id = $1::uuid and c.state = 'closed' and c.updated_at < $2::timestamptz
      and m.at < $2::timestamptz and m.text <> ''
    order by m.conversation_id, m.number
    limit $3::integer
), deliveries_emptied as (
    update deliveries d set text = '', parts = '[]'
    from old
    where d.organization_id = $1::uuid and d.delivery_id = old.delivery_id
), memory_emptied as (
    update conversations c set facts = '{}', memory = '{}'
    from (select distinct conversation_id from old) o
    where c.organization_id = $1::uuid and c.conversation_id = o.conversation_id
)
update messages m set text = '', details = '{}'
from old
where m.organization_id = $1::uuid and m.conversation_id = old.conversation_id and m.number = old.number
