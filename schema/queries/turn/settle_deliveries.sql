-- Only the outcome of the latest try counts: each try has a permit of its own.
update deliveries d
set state = g.state, reference = coalesce(g.reference, d.reference), note = g.note, due_at = coalesce(g.due_at, d.due_at),
    sent_at = coalesce(d.sent_at, g.sent_at), updated_at = g.at
from unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::timestamptz[], $8::timestamptz[],
            $9::timestamptz[])
    as g (delivery_id, permit_id, state, reference, note, due_at, sent_at, at)
where d.organization_id = $1::uuid and d.delivery_id = g.delivery_id and d.delivery_id = any($2::uuid[])
  and d.permit_id = g.permit_id and d.state = 'sending'
