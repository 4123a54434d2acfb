insert into budgets (organization_id, scope, period, campaign_id, limit_micros, currency, updated_at)
values ($1::uuid, $2, $3, $4::uuid, $5::bigint, $6, $7::timestamptz)
on conflict (organization_id, scope, period, campaign_id)
do update set limit_micros = excluded.limit_micros, currency = excluded.currency, updated_at = excluded.updated_at
