-- The leads that are meant, or that share an address with what is known.
select lead_id, phone, email
from leads
where organization_id = $1::uuid
  and (lead_id = any($2::uuid[]) or external_id = any($3::text[]) or phone = any($4::text[]) or email = any($4::text[])
       or lower(trim(email)) = any($4::text[]))
