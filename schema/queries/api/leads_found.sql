-- $3 in the three ways in which a lead is known; the email in lower case, as it is kept.
select l.lead_id, l.external_id, l.first_name, l.last_name, l.phone, l.email, l.country, l.state, l.postal_code, l.zone,
       l.language, l.company, l.title, l.custom, l.created_at
from leads l
where l.organization_id = $1::uuid and ($2::uuid is null or l.lead_id < $2::uuid)
  and l.lead_id in (select lead_id from leads where organization_id = $1::uuid and phone = $3
                    union all
                    select lead_id from leads where organization_id = $1::uuid and email = $4
                    union all
                    select lead_id from leads where organization_id = $1::uuid and external_id = $3)
order by l.lead_id desc
limit $5::integer
