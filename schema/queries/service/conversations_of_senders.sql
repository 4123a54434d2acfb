select g.place, found.conversation_id
from unnest($2::text[], $3::text[], $4::text[]) with ordinality as g (address, channel, binding, place)
cross join lateral (
    select c.conversation_id
    from (
        select lead_id from leads where organization_id = $1::uuid and phone = g.address
        union
        select lead_id from leads where organization_id = $1::uuid and email = lower(g.address)
    ) l
    join conversations c on c.organization_id = $1::uuid and c.lead_id = l.lead_id
    join campaigns k on k.organization_id = c.organization_id and k.campaign_id = c.campaign_id
    order by (c.state = 'open') desc, (k.bindings ->> g.channel = g.binding) desc nulls last, c.updated_at desc,
             c.conversation_id
    limit 1) found
