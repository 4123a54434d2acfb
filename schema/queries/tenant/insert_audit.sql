insert into audit (organization_id, audit_id, at, actor, act, target, details, actor_kind, actor_id)
values ($1::uuid, $2::uuid, $3::timestamptz, $4, $5, $6, $7::jsonb, $8, $9::uuid)
