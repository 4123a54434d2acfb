insert into recordings (organization_id, call_id, part, binding_id, folder, key, state, began_at)
select $1::uuid, $2::uuid, p.part, $3::uuid, $4::uuid,
       $5::text || case when p.part > 1 then '-' || p.part else '' end || '.wav', 'open', $6::timestamptz
from (select coalesce(max(part), 0) + 1 as part from recordings where organization_id = $1::uuid and call_id = $2::uuid) p
returning part, key
