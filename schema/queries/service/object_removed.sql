delete from objects_to_remove where organization_id = $1::uuid and object_id = $2::uuid
