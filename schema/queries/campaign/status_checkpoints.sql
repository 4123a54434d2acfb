select reached.name as checkpoint, count(*) as people
from conversations c
cross join lateral jsonb_object_keys(c.memory->'checkpoints') as reached(name)
where c.organization_id = $1::uuid and c.campaign_id = $2::uuid and c.memory ? 'checkpoints'
group by reached.name
order by count(*) desc, reached.name
