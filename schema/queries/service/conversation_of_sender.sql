select c.conversation_id
from (
    select lead_id from leads where organization_id = $1::uuid and phone = $2
    union
    select lead_id from leads where organization_id = $1::uuid and email = lower($2)
) l
join conversations c on c.organization_id = $1::uuid and c.lead_id = l.lead_id
join campaigns k on k.organization_id = c.organization_id and k.campaign_id = c.campaign_id
order by (c.state = 'open') desc, (k.bindings ->> $3 = $4) desc nulls last, c.updated_at desc, c.conversation_id
limit 1
