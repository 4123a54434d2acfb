-- What became of an event of a call ($2 is its key): the turn that answered it, and what that said in the call ($3).
select e.turn_number, coalesce(m.text, '') as text
from events e
left join messages i on i.organization_id = e.organization_id and i.event_id = e.event_id
left join messages m on m.organization_id = i.organization_id and m.conversation_id = i.conversation_id and m.direction = 'out'
  and m.number > i.number and m.details ->> 'call' = $3
  and not exists (select 1 from messages n where n.organization_id = i.organization_id and n.conversation_id = i.conversation_id
                  and n.direction = 'in' and n.number > i.number and n.number < m.number)
where e.organization_id = $1::uuid and e.dedupe_key = $2
order by m.number
limit 10
