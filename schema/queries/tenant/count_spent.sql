-- What recorded steps have cost before the organization had a budget; counters that are there already know it.
insert into budget_usage (organization_id, campaign_id, day, spent_micros)
select $1::uuid, coalesce(c.campaign_id, '00000000-0000-0000-0000-000000000000'), d.day,
       coalesce(sum(s.cost_micros) filter (where d.day = '-infinity' or (s.started_at at time zone 'UTC')::date = d.day), 0)
from (values (date '-infinity'), (($2::timestamptz at time zone 'UTC')::date)) as d (day)
left join steps s on s.organization_id = $1::uuid
left join conversations c on c.organization_id = s.organization_id and c.conversation_id = s.conversation_id
group by d.day, rollup (c.campaign_id)
on conflict do nothing
