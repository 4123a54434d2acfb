-- A query of the catalogue, not to_regclass: that one may answer from before the lock was granted.
select exists (select from pg_class where relname = 'schema_migrations' and relnamespace = 'public'::regnamespace) as has
