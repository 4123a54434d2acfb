select name, country, as_of, imported_at, entries, max_age_days, source
from registries
where organization_id = $1::uuid
order by name
