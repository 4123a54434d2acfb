insert into slot_offers (organization_id, conversation_id, manager_id, starts_at, ends_at, offered_at)
select $1::uuid, $2::uuid, s.manager_id, s.starts_at, s.ends_at, $6::timestamptz
from unnest($3::uuid[], $4::timestamptz[], $5::timestamptz[]) as s (manager_id, starts_at, ends_at)
on conflict do nothing
