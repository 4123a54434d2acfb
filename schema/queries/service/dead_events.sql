-- Events that every try failed on. As the owner: for operators, over all organizations.
select e.event_id, e.organization_id, e.conversation_id, e.kind, e.received_at, e.tries, e.dropped, e.payload,
       o.name as organization, c.state
from events e
join organizations o on o.organization_id = e.organization_id
join conversations c on c.organization_id = e.organization_id and c.conversation_id = e.conversation_id
where e.dropped is not null and e.tries > 0
order by e.received_at desc
limit 1000
