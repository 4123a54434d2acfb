update deliveries d set permit_id = g.permit_id, tries = d.tries + 1, updated_at = $2::timestamptz
from unnest($3::uuid[], $4::uuid[]) as g (delivery_id, permit_id)
where d.organization_id = $1::uuid and d.delivery_id = g.delivery_id and d.delivery_id = any($3::uuid[]) and d.state = 'sending'
