select permit_id
from permits
where organization_id = $1::uuid and permit_id between $2::uuid and $3::uuid and address = any($4::text[])
