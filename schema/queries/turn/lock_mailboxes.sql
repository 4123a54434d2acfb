-- No key is changed: a webhook that refers to the conversation waits for the mailbox only, so neither waits for the other.
select m.conversation_id, m.fence, c.takeover_fence, c.message_count,
       (select array_agg(e.event_id::text)
        from events e
        where e.organization_id = m.organization_id and e.conversation_id = m.conversation_id
          and e.kind in ('message', 'takeover') and e.turn_number is null and e.dropped is null) as waiting
from mailboxes m
join conversations c on c.organization_id = m.organization_id and c.conversation_id = m.conversation_id
where m.organization_id = $1::uuid and m.conversation_id = any($2::uuid[])
order by m.conversation_id
for no key update of m, c
