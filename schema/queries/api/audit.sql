select audit_id, at, actor_kind, actor_id, actor, act, target, details
from audit
where organization_id = $1::uuid and audit_id < $2::uuid
order by audit_id desc
limit $3::integer
