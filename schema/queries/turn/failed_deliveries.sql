-- Of these tries, those that their deliveries have just failed with, so that their conversations are told.
select d.delivery_id, d.conversation_id
from deliveries d
join unnest($2::uuid[], $3::uuid[]) as g (delivery_id, permit_id) on g.delivery_id = d.delivery_id and g.permit_id = d.permit_id
where d.organization_id = $1::uuid and d.delivery_id = any($2::uuid[]) and d.state = 'failed'
order by d.delivery_id
