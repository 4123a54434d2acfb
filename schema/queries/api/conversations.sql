with newest as (
    select c.conversation_id
    from conversations c
    where c.organization_id = $1::uuid and c.conversation_id < $2::uuid
    order by c.conversation_id desc
    limit 201  -- the largest page; a number, so that what is joined to it is looked up, not read through
)
select c.conversation_id, c.campaign_id, k.name as campaign, c.version, c.stage, c.state, c.reason, c.language, c.channel,
       c.sentiment, c.facts, c.message_count, c.takeover_fence, c.created_at, c.updated_at, c.lead_id, l.external_id,
       l.first_name, l.last_name, l.phone, l.email, l.zone
from newest n
join conversations c on c.organization_id = $1::uuid and c.conversation_id = n.conversation_id
join campaigns k on k.organization_id = c.organization_id and k.campaign_id = c.campaign_id
join leads l on l.organization_id = c.organization_id and l.lead_id = c.lead_id
order by c.conversation_id desc
limit $3::integer
