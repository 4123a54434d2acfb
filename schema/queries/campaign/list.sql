select k.campaign_id, k.name, k.state, k.state_since, k.channels, k.starts_at, k.ends_at, k.version, v.playbook,
       (select count(*) from conversations c
        where c.organization_id = k.organization_id and c.campaign_id = k.campaign_id) as leads,
       (select count(*) from conversations c
        where c.organization_id = k.organization_id and c.campaign_id = k.campaign_id and c.state = 'open') as open
from campaigns k
join playbook_versions v on v.organization_id = k.organization_id and v.version = k.version
where k.organization_id = $1::uuid
order by k.created_at, k.campaign_id
