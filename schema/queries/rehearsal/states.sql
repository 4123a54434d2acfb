select state, reason, count(*) as people
from conversations
where organization_id = $1::uuid and state in ('held', 'closed')
group by state, reason
order by count(*) desc, reason
