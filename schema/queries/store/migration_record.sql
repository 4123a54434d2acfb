insert into schema_migrations (number, name, checksum, applied_at) values ($1::integer, $2, $3, $4::timestamptz)
