-- Of a conversation in which nothing has happened they are forgotten, so that its first touch can be planned again.
with pending as materialized (
    select e.event_id, c.turn_count = 0 and c.message_count = 0 as untouched
    from conversations c
    join events e on e.organization_id = c.organization_id and e.conversation_id = c.conversation_id
    where c.organization_id = $1::uuid and c.campaign_id = $2::uuid and e.kind in ('touch', 'timer')
      and e.turn_number is null and e.dropped is null
), forgotten as (
    delete from events e using pending p
    where e.organization_id = $1::uuid and e.event_id = p.event_id and p.untouched
)
, dropped as (
    update events e set dropped = $3
    from pending p
    where e.organization_id = $1::uuid and e.event_id = p.event_id and not p.untouched
)
select count(*) as touches from pending
