with held as materialized (
    select c.conversation_id
    from conversations c
    where c.organization_id = $1::uuid and c.campaign_id = $2::uuid
    order by c.conversation_id
    for no key update of c
)
select count(*) as conversations from held
