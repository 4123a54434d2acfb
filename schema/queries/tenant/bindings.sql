select binding_id, name, plugin, settings, secrets is not null as sealed, calls_at_once
from bindings
where organization_id = $1::uuid
order by name
