insert into retention_rules (organization_id, kind, days, updated_at)
values ($1::uuid, $2, $3::integer, $4::timestamptz)
on conflict (organization_id, kind) do update set days = excluded.days, updated_at = excluded.updated_at
