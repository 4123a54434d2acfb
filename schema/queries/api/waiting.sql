-- What waits for a person, $2 of each at most: conversations, deliveries, endpoints that are off, and notices given up by endpoint.
select 'conversations.held' as kind, '' as name, null::uuid as id, count(*) as waiting, min(x.updated_at) as since, '' as note
from (select c.updated_at from conversations c where c.organization_id = $1::uuid and c.state = 'held' limit $2::integer) x
having count(*) > 0
union all
select 'deliveries.' || s.state, '', null, count(*), min(x.updated_at), ''
from unnest(array['held', 'unknown']) as s (state)
cross join lateral (select d.updated_at from deliveries d
                    where d.organization_id = $1::uuid and d.state = s.state
                    limit $2::integer) x
group by s.state
union all
select 'endpoint.off', e.url, e.endpoint_id, 1, e.failing_since, e.note
from endpoints e
where e.organization_id = $1::uuid and e.state = 'off'
union all
select 'endpoint.given_up', e.url, e.endpoint_id, count(*), min(x.at), ''
from endpoints e
cross join lateral (select s.at from endpoint_sends s
                    where s.organization_id = $1::uuid and s.endpoint_id = e.endpoint_id and s.state = 'dead'
                    limit $2::integer) x
where e.organization_id = $1::uuid
group by e.endpoint_id, e.url
order by 1, 2
