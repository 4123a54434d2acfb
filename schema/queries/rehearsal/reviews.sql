select v ->> 'verdict' as verdict, count(*) as drafts
from turns t, jsonb_array_elements(t.outcome -> 'reviews') v
where t.organization_id = $1::uuid and t.state = 'committed' and t.outcome ? 'reviews'
group by 1 order by 1
