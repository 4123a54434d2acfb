-- Only what is still under the claim of this instant: a deliverer that slept past its lease has lost it to another.
update deliveries d set permit_id = g.permit_id, tries = d.tries + 1, updated_at = $2::timestamptz
from unnest($4::uuid[], $5::uuid[]) as g (delivery_id, permit_id)
where d.organization_id = $1::uuid and d.delivery_id = g.delivery_id and d.delivery_id = any($4::uuid[])
  and d.state = 'sending' and d.updated_at = $3::timestamptz
returning d.delivery_id
