-- Which version its conversations begin with, and which did before.
select k.name, k.version, k.channels, k.settings,
       (select b.version from campaign_versions b
        where b.organization_id = k.organization_id and b.campaign_id = k.campaign_id and b.version <> k.version
        order by b.number desc limit 1) as before
from campaigns k
where k.organization_id = $1::uuid and k.campaign_id = $2::uuid
for no key update
