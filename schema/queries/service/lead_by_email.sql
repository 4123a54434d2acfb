-- sealed: $4 leads.evidence
with known as (
    select lead_id from leads where organization_id = $1::uuid and email = lower($3) order by created_at limit 1
), made as (
    insert into leads (organization_id, lead_id, email, evidence, created_at)
    select $1::uuid, $2::uuid, lower($3), $4::jsonb, $5::timestamptz
    where not exists (select from known)
    returning lead_id
)
select lead_id from known union all select lead_id from made
