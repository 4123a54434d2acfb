-- sealed: $5 import_rows.reason[]
insert into import_rows (organization_id, campaign_id, line, outcome, reason, lead_id)
select $1::uuid, $2::uuid, r.line, r.outcome, r.reason, r.lead_id
from unnest($3::integer[], $4::text[], $5::text[], $6::uuid[]) as r (line, outcome, reason, lead_id)
on conflict (organization_id, campaign_id, line)
    do update set outcome = excluded.outcome, reason = excluded.reason, lead_id = excluded.lead_id
