insert into campaign_shadows (organization_id, campaign_id, version, percent, since)
values ($1::uuid, $2::uuid, $3, $4::integer, $5::timestamptz)
on conflict (organization_id, campaign_id) do update
set version = excluded.version, percent = excluded.percent, since = excluded.since
