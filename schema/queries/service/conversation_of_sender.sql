select c.conversation_id
from leads l
join conversations c on c.organization_id = l.organization_id and c.lead_id = l.lead_id
join campaigns k on k.organization_id = c.organization_id and k.campaign_id = c.campaign_id
where l.organization_id = $1::uuid and (l.phone = $2 or lower(l.email) = lower($2))
order by (c.state = 'open') desc, (k.bindings ->> $3 = $4) desc nulls last, c.updated_at desc, c.conversation_id
limit 1
