-- Before the conversations, both in the order of their ids, as a commit locks them: neither waits for the other in a circle.
with held as materialized (
    select m.conversation_id
    from mailboxes m
    where m.organization_id = $1::uuid
      and m.conversation_id in (select c.conversation_id from conversations c
                                where c.organization_id = $1::uuid and c.campaign_id = $2::uuid)
    order by m.conversation_id
    for no key update of m
)
select count(*) as mailboxes from held
