-- sealed: $5 leads.evidence
insert into leads (organization_id, lead_id, phone, country, evidence, created_at)
values ($1::uuid, $2::uuid, $3, $4, $5::jsonb, $6::timestamptz)
on conflict (phone, organization_id) do update set phone = excluded.phone
returning lead_id
