select c.state, c.reason, count(*) as people
from conversations c
where c.organization_id = $1::uuid and c.campaign_id = $2::uuid and c.state in ('held', 'closed')
group by c.state, c.reason
order by count(*) desc, c.state, c.reason
