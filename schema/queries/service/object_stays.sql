update objects_to_remove set problem = $3, due_at = $4::timestamptz where organization_id = $1::uuid and object_id = $2::uuid
