select c.conversation_id, c.campaign_id, k.name as campaign, c.lead_id, l.first_name, l.last_name, c.stage, c.reason, c.channel,
       c.updated_at, c.takeover_fence, t.review
from conversations c
join campaigns k on k.organization_id = c.organization_id and k.campaign_id = c.campaign_id
join leads l on l.organization_id = c.organization_id and l.lead_id = c.lead_id
left join lateral (select x.outcome #> '{reviews,-1}' as review
                   from turns x
                   where x.organization_id = c.organization_id and x.conversation_id = c.conversation_id
                   order by x.turn_number desc
                   limit 1) t on true
where c.organization_id = $1::uuid and c.conversation_id < $2::uuid and c.state = 'held'
order by c.conversation_id desc
limit $3::integer
