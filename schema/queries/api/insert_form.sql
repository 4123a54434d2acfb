insert into forms (organization_id, form_id, campaign_id, name, region, consent_text, origins, created_at)
values ($1::uuid, $2::uuid, $3::uuid, $4, $5, $6, $7::text[], $8::timestamptz)
