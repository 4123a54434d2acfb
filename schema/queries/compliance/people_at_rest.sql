-- People with whom nothing has happened since then and nothing is to come.
select l.lead_id, l.phone, l.email
from leads l
where l.organization_id = $1::uuid and l.created_at < $2::timestamptz
  and not exists (select from conversations c
                  where c.organization_id = l.organization_id and c.lead_id = l.lead_id
                    and (c.state <> 'closed' or c.updated_at >= $2::timestamptz))
  and not exists (select from meetings m
                  where m.organization_id = l.organization_id and m.lead_id = l.lead_id and m.state in ('held', 'booked')
                    and upper(m.span) >= $2::timestamptz)
order by l.lead_id
limit $3::integer
