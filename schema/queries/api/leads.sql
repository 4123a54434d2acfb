select l.lead_id, l.external_id, l.first_name, l.last_name, l.phone, l.email, l.country, l.state, l.postal_code, l.zone,
       l.language, l.company, l.title, l.custom, l.created_at
from leads l
where l.organization_id = $1::uuid and ($2::uuid is null or l.lead_id < $2::uuid)
  and ($3::uuid is null or l.lead_id = $3::uuid)
order by l.lead_id desc
limit $4::integer
