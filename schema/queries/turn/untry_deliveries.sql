-- The carrier was not asked: neither a try of the delivery's nor an attempt to reach the person.
with untried as (
    update deliveries d
    set state = 'due', note = g.note, due_at = g.due_at, tries = greatest(0, d.tries - 1), updated_at = g.at
    from unnest($2::uuid[], $3::uuid[], $4::text[], $5::timestamptz[], $6::timestamptz[])
        as g (delivery_id, permit_id, note, due_at, at)
    where d.organization_id = $1::uuid and d.delivery_id = g.delivery_id and d.delivery_id = any($2::uuid[])
      and d.permit_id = g.permit_id and d.state = 'sending'
    returning d.delivery_id, d.recipient, d.permit_id
)
delete from attempts a
using untried u
join permits p on p.organization_id = $1::uuid and p.permit_id = u.permit_id
where a.organization_id = $1::uuid and a.address = u.recipient and a.delivery_id = u.delivery_id and a.at >= p.minute
