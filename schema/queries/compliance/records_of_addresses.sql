-- What the gate must know of each address. A person is reached by several: their other addresses count as well.
select q.number, r.suppressed_at, r.consent, r.attempts
from unnest($3::text[], $4::text[], $5::text[], $6::text[], $7::integer[]) as q (address, lowered, channel, purpose, number)
cross join lateral (
    with person as (
        select q.address as address
        union select q.lowered
        union select l.phone from leads l where l.organization_id = $1::uuid and l.email = q.address
        union select l.phone from leads l where l.organization_id = $1::uuid and l.email = q.lowered
        union select unnest(array[l.email, lower(l.email)]) from leads l where l.organization_id = $1::uuid and l.phone = q.address
    )
    select
        (select min(s.at) from suppressions s
         where s.organization_id = $1::uuid and s.address in (select p.address from person p)
           and s.channel in ('*', q.channel)) as suppressed_at,
        (select max(case c.level when 'express_written' then 2 else 1 end) from consents c
         where c.organization_id = $1::uuid and c.address in (q.address, q.lowered) and c.channel in ('*', q.channel)
           and (q.purpose <> 'marketing' or c.purpose in ('marketing', '*'))
           and c.given_at <= $2::timestamptz
           and (c.revoked_at is null or c.revoked_at > $2::timestamptz)
           and (c.expires_at is null or c.expires_at > $2::timestamptz)) as consent,
        (select array_agg((extract(epoch from a.at) * 1000000)::bigint::text order by a.at) from attempts a
         where a.organization_id = $1::uuid and a.address in (select p.address from person p)
           and a.at > $2::timestamptz - interval '366 days') as attempts
) r
order by q.number
