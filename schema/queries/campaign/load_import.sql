select i.campaign_id, i.name, i.region, i.csv, i.state, i.cancelled, i.report, i.request, k.version, k.state as campaign_state
from imports i
join campaigns k on k.organization_id = i.organization_id and k.campaign_id = i.campaign_id
where i.organization_id = $1::uuid and i.import_id = $2::uuid and i.tries = $3::integer
