select c.campaign_id, c.name, c.state, c.version, v.playbook, c.channels, c.starts_at, c.ends_at, c.created_at
from campaigns c
join playbook_versions v on v.organization_id = c.organization_id and v.version = c.version
where c.organization_id = $1::uuid and ($2::uuid is null or c.campaign_id < $2::uuid)
  and ($3::uuid is null or c.campaign_id = $3::uuid)
order by c.campaign_id desc
limit $4::integer
