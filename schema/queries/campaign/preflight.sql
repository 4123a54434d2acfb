select k.name, k.state, k.channels, k.bindings, k.settings, k.starts_at, k.ends_at, k.pace, o.settings as organization_settings,
       (select jsonb_object_agg(b.binding_id::text, b.plugin) from bindings b
        where b.organization_id = k.organization_id) as plugins
from campaigns k
join organizations o on o.organization_id = k.organization_id
where k.organization_id = $1::uuid and k.campaign_id = $2::uuid
