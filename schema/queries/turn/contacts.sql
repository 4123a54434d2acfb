-- For each conversation and channel of its campaign: what the gate must know before a marketing message to that address.
-- The addresses come first: row-level security lets no lower() or trim() near an index.
with asked as materialized (
    select c.conversation_id, q.channel, a.address, lower(trim(a.address)) as lowered
    from conversations c
    join campaigns k on k.organization_id = c.organization_id and k.campaign_id = c.campaign_id
    join leads l on l.organization_id = c.organization_id and l.lead_id = c.lead_id
    cross join lateral unnest(k.channels) as q (channel)
    cross join lateral (select case q.channel when 'email' then l.email else l.phone end as address) a
    where c.organization_id = $1::uuid and c.conversation_id = any($2::uuid[])
)
select x.conversation_id, x.channel, r.suppressed_at, r.consent, r.attempts, r.registries, r.own
from asked x
cross join lateral contact_records($1::uuid, x.address, x.lowered, x.channel, 'marketing', $3::timestamptz) r
