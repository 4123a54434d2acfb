select f.form_id, f.campaign_id, f.name, f.region, f.consent_text, f.origins, f.created_at, f.closed_at, c.version, c.state, c.channels
from forms f
join campaigns c on c.organization_id = f.organization_id and c.campaign_id = f.campaign_id
where f.organization_id = $1::uuid and ($2::uuid is null or f.form_id = $2::uuid)
order by f.form_id desc
