select l.lead_id, l.external_id, l.first_name, l.last_name, l.phone, l.email, l.country, l.state as lead_state, l.postal_code,
       l.zone, l.language as lead_language, l.company, l.title, l.custom, l.evidence,
       exists (select from conversations c
               where c.organization_id = $1::uuid and c.campaign_id = $2::uuid and c.lead_id = l.lead_id) as in_campaign
from leads l
where l.organization_id = $1::uuid
  and (l.external_id = any($3::text[]) or l.phone = any($4::text[]) or l.email = any($5::text[]))
order by l.created_at, l.lead_id
