select (s.started_at at time zone 'UTC')::date::text as day, c.campaign_id, k.name as campaign, count(*) as calls,
       sum(s.cost_micros)::bigint as cost_micros
from steps s
join conversations c on c.organization_id = s.organization_id and c.conversation_id = s.conversation_id
join campaigns k on k.organization_id = c.organization_id and k.campaign_id = c.campaign_id
where s.organization_id = $1::uuid and s.cost_micros > 0 and s.started_at >= $2::timestamptz and s.started_at < $3::timestamptz
group by 1, 2, 3
order by 1 desc, 3, 2
