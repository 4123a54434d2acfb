with changed as (
    update campaigns set version = $3, inbound_stage = $4
    where organization_id = $1::uuid and campaign_id = $2::uuid
)
insert into campaign_versions (organization_id, campaign_id, number, version, since)
select $1::uuid, $2::uuid, 1 + coalesce(max(number), 0), $3, $5::timestamptz
from campaign_versions
where organization_id = $1::uuid and campaign_id = $2::uuid
