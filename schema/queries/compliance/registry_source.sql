select binding_id
from registry_sources
where organization_id = $1::uuid and name = $2
