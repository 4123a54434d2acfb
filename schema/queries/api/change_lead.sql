-- sealed: $3 leads.custom
update leads
set custom = custom || $3::jsonb, zone = coalesce($4, zone), language = coalesce($5, language)
where organization_id = $1::uuid and lead_id = $2::uuid
