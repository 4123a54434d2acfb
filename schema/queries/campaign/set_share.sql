insert into campaign_shares (organization_id, campaign_id, version, percent, inbound_stage, since)
values ($1::uuid, $2::uuid, $3, $4::integer, $5, $6::timestamptz)
on conflict (organization_id, campaign_id) do update
set version = excluded.version, percent = excluded.percent, inbound_stage = excluded.inbound_stage, since = excluded.since
