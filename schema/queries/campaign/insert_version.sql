insert into playbook_versions (organization_id, version, playbook, files, published_at)
values ($1::uuid, $2, $3, $4::jsonb, $5::timestamptz)
on conflict (organization_id, version) do nothing
