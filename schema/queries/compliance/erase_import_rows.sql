update import_rows x set reason = 'erased', lead_id = null
from unnest($2::uuid[], $3::integer[]) as g (campaign_id, line)
where x.organization_id = $1::uuid and x.campaign_id = g.campaign_id and x.line = g.line
