select import_id, campaign_id, name, state, cancelled, rows_read, kept, refused, problem, created_at, began_at, ended_at
from imports
where organization_id = $1::uuid and import_id = $2::uuid
