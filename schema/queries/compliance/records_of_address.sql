-- What the gate must know of one address. A person is reached by several: their other addresses count as well.
with person as (
    select $2::text as address
    union select lower($2::text)
    union select l.phone from leads l where l.organization_id = $1::uuid and l.email in ($2, lower($2::text))
    union select unnest(array[l.email, lower(l.email)]) from leads l where l.organization_id = $1::uuid and l.phone = $2
)
select
    (select min(s.at) from suppressions s
     where s.organization_id = $1::uuid and s.address in (select p.address from person p)
       and s.channel in ('*', $3)) as suppressed_at,
    (select max(case c.level when 'express_written' then 2 else 1 end) from consents c
     where c.organization_id = $1::uuid and c.address in ($2, lower($2::text)) and c.channel in ('*', $3)
       and ($5::text <> 'marketing' or c.purpose in ('marketing', '*'))
       and c.given_at <= $4::timestamptz
       and (c.revoked_at is null or c.revoked_at > $4::timestamptz)
       and (c.expires_at is null or c.expires_at > $4::timestamptz)) as consent,
    (select array_agg((extract(epoch from a.at) * 1000000)::bigint::text order by a.at) from attempts a
     where a.organization_id = $1::uuid and a.address in (select p.address from person p)
       and a.at > $4::timestamptz - interval '366 days') as attempts
