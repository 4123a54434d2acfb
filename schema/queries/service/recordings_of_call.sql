select r.part, r.state, r.key, r.milliseconds, coalesce(b.name, '') as storage
from recordings r
left join bindings b on b.organization_id = r.organization_id and b.binding_id = r.binding_id
where r.organization_id = $1::uuid and r.call_id = $2::uuid
order by r.part
