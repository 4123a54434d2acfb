insert into account_managers (organization_id, manager_id, name, email, zone, hours)
select $1::uuid, m.manager_id, m.name, m.email, m.zone, m.hours
from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[]) as m (manager_id, name, email, zone, hours)
on conflict (organization_id, email) do update set name = excluded.name, zone = excluded.zone, hours = excluded.hours
