with given as (
    select * from unnest($2::uuid[], $3::text[], $4::text[], $5::timestamptz[]) as g (delivery_id, status, code, at)
), ours as materialized (
    select d.delivery_id
    from given g
    join deliveries d on d.organization_id = $1::uuid and d.delivery_id = g.delivery_id
    order by d.delivery_id
    for no key update of d
)
update deliveries d
set state = case
        when d.state in ('delivered', 'failed', 'undelivered', 'cancelled') then d.state
        when g.status in ('delivered', 'read') then 'delivered'
        when g.status in ('failed', 'undelivered') then g.status
        else d.state end,
    note = case when g.status in ('failed', 'undelivered') then g.code when g.status = 'read' then 'read' else d.note end,
    updated_at = g.at
from ours
join given g on g.delivery_id = ours.delivery_id
where d.organization_id = $1::uuid and d.delivery_id = ours.delivery_id
