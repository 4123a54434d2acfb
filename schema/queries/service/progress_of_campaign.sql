select c.state, count(*) as conversations
from conversations c
where c.organization_id = $1::uuid and c.campaign_id = $2::uuid
group by c.state
