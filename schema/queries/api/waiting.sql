-- What waits for a person, $2 of each at most: conversations, deliveries by binding with what was said last (a refused key, a carrier
-- that cannot tell), endpoints that are off, and notices given up by endpoint.
select 'conversations.held' as kind, '' as name, null::uuid as id, count(*) as waiting, min(x.updated_at) as since, '' as note
from (select c.updated_at from conversations c where c.organization_id = $1::uuid and c.state = 'held' limit $2::integer) x
having count(*) > 0
union all
select 'deliveries.held', b.name, b.binding_id, count(*), min(x.updated_at), (array_agg(x.note order by x.updated_at desc))[1]
from (select d.binding_id, d.updated_at, d.note from deliveries d
      where d.organization_id = $1::uuid and d.state = 'held'
      limit $2::integer) x
join bindings b on b.organization_id = $1::uuid and b.binding_id = x.binding_id
group by b.name, b.binding_id
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
