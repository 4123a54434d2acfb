-- Conversations in which nothing has happened take the version; their touches are to be planned again. One that a worker
-- holds, or to which somebody has written, has begun. Only those whose lead's share is from $6 to below $7.
with unbegun as materialized (
    select c.conversation_id
    from conversations c
    join mailboxes m on m.organization_id = c.organization_id and m.conversation_id = c.conversation_id
    where c.organization_id = $1::uuid and c.campaign_id = $2::uuid and c.state = 'open' and c.version <> $3
      and c.turn_count = 0 and c.message_count = 0 and m.lease_until is null
      and share_of_lead(c.campaign_id, c.lead_id) >= $6::integer and share_of_lead(c.campaign_id, c.lead_id) < $7::integer
      and not exists (select from turns t
                      where t.organization_id = c.organization_id and t.conversation_id = c.conversation_id)
      and not exists (select from events e
                      where e.organization_id = c.organization_id and e.conversation_id = c.conversation_id
                        and e.kind <> 'touch')
    for no key update of c, m skip locked
), forgotten as (
    delete from events e
    using unbegun u
    where e.organization_id = $1::uuid and e.conversation_id = u.conversation_id and e.kind = 'touch'
), asleep as (
    update mailboxes m set wake_at = null
    from unbegun u
    where m.organization_id = $1::uuid and m.conversation_id = u.conversation_id
)
update conversations c set version = $3, stage = $4, updated_at = $5::timestamptz
from unbegun u
where c.organization_id = $1::uuid and c.conversation_id = u.conversation_id
