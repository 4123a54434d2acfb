-- Whom a binding wrote to first, or by a template, since then; answers to people do not count.
select d.recipient, max(d.sent_at) as last
from deliveries d
join permits p on p.organization_id = d.organization_id and p.permit_id = d.permit_id
where d.organization_id = $1::uuid and d.binding_id = $2::uuid and d.sent_at > $3::timestamptz
  and (p.purpose = 'marketing' or d.parts @> '[{"template": {}}]')
group by d.recipient
