select campaign_id, line, reason
from import_rows
where organization_id = $1::uuid and starts_with(reason, 'sealed:1:')
