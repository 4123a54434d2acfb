-- sealed: $4 leads.first_name[] $5 leads.last_name[] $13 leads.company[] $14 leads.title[] $15 leads.custom[]
update leads l
set external_id = n.external_id, first_name = n.first_name, last_name = n.last_name, phone = n.phone, email = n.email,
    country = n.country, state = n.state, postal_code = n.postal_code, zone = n.zone, language = n.language,
    company = n.company, title = n.title, custom = n.custom::jsonb
from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[],
            $11::text[], $12::text[], $13::text[], $14::text[], $15::text[])
    as n (lead_id, external_id, first_name, last_name, phone, email, country, state, postal_code, zone, language, company,
          title, custom)
where l.organization_id = $1::uuid and l.lead_id = n.lead_id
