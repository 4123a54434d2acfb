insert into objects_to_remove (organization_id, binding_id, folder, key) values ($1::uuid, $2::uuid, $3::uuid, $4)
