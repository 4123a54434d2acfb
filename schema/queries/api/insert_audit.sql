insert into audit (organization_id, audit_id, at, actor, act, target, details)
values ($1::uuid, $2::uuid, $3::timestamptz, $4, $5, $6, $7::jsonb)
