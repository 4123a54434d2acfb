insert into organizations (organization_id, name, created_at) values ($1::uuid, $2, $3::timestamptz)
