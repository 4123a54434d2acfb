select organization_id, object_id, binding_id, folder, key, tries
from claim_objects_to_remove($1::timestamptz, $2::interval, $3::uuid[], $4::integer)
