-- The new edition stands for the list from the commit on. Nothing is returned when the copy that is there is a later one.
insert into registries as r (organization_id, name, country, edition, as_of, imported_at, entries, max_age_days, source)
values ($1::uuid, $2, $3, $4::uuid, $5::timestamptz, $6::timestamptz, $7::bigint, $8::integer, $9::jsonb)
on conflict (organization_id, name) do update
set country = excluded.country, edition = excluded.edition, as_of = excluded.as_of, imported_at = excluded.imported_at,
    entries = excluded.entries, max_age_days = excluded.max_age_days, source = excluded.source
where r.as_of <= excluded.as_of
returning name
