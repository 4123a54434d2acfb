select e.endpoint_id, e.url, e.kinds, e.about, e.state, e.note, e.failures, e.resting_until, e.secret_before_until, e.created_at,
       (select count(*) from endpoint_sends s where s.endpoint_id = e.endpoint_id and s.organization_id = e.organization_id
                                                and s.state = 'due') as due,
       (select count(*) from endpoint_sends s where s.endpoint_id = e.endpoint_id and s.organization_id = e.organization_id
                                                and s.state = 'dead') as dead
from endpoints e
where e.organization_id = $1::uuid and ($2::uuid is null or e.endpoint_id = $2::uuid)
order by e.endpoint_id
