-- `given` is a step of its own: under row-level security no index is used for a condition that calls lower().
with given as materialized (
    select g.place, g.address, lower(g.address) as email, g.channel, g.binding
    from unnest($2::text[], $3::text[], $4::text[]) with ordinality as g (address, channel, binding, place)
)
select g.place, found.conversation_id
from given g
cross join lateral (
    select c.conversation_id
    from (
        select lead_id from leads where organization_id = $1::uuid and phone = g.address
        union
        select lead_id from leads where organization_id = $1::uuid and email = g.email
    ) l
    join conversations c on c.organization_id = $1::uuid and c.lead_id = l.lead_id
    join campaigns k on k.organization_id = c.organization_id and k.campaign_id = c.campaign_id
    order by (c.state = 'open') desc, (k.bindings ->> g.channel = g.binding) desc nulls last, c.updated_at desc,
             c.conversation_id
    limit 1) found
