select l.lead_id, l.external_id, l.first_name, l.last_name, l.phone, l.email, l.country, l.state, l.postal_code, l.zone,
       l.language, l.company, l.title, l.custom, l.created_at
from leads l
where l.organization_id = $1::uuid and l.lead_id = $2::uuid
