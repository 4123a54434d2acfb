select name, country, binding_id, max_age_days
from registry_sources
where organization_id = $1::uuid
order by name
