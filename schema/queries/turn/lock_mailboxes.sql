-- No key is changed: a webhook that refers to the conversation waits for the mailbox only, so neither waits for the other.
-- Steps are counted because the database server may have lost those it had not yet on its disk.
select m.conversation_id, m.fence, c.takeover_fence, c.message_count,
       (select array_agg(e.event_id::text)
        from events e
        where e.organization_id = m.organization_id and e.conversation_id = m.conversation_id
          and e.kind in ('message', 'takeover') and e.turn_number is null and e.dropped is null) as waiting,
       (select count(*)
        from steps s
        where s.organization_id = m.organization_id and s.conversation_id = m.conversation_id
          and s.turn_number = g.turn_number) as steps
from unnest($2::uuid[], $3::integer[]) as g (conversation_id, turn_number)
join mailboxes m on m.organization_id = $1::uuid and m.conversation_id = g.conversation_id
join conversations c on c.organization_id = m.organization_id and c.conversation_id = m.conversation_id
where m.conversation_id = any($2::uuid[])
order by m.conversation_id
for no key update of m, c
