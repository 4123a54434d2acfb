-- A later word stands.
insert into registry_answers as r (organization_id, registry, address, listed, as_of, asked_at)
values ($1::uuid, $2, $3, $4::boolean, $5::timestamptz, $6::timestamptz)
on conflict (organization_id, registry, address) do update
set listed = excluded.listed, as_of = excluded.as_of, asked_at = excluded.asked_at
where r.as_of <= excluded.as_of
