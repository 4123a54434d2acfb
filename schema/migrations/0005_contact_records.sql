-- What the gate must know of one address. A person is reached by several: their other addresses count as well. Planned
-- together with the statement that asks it, under the caller's row-level security.
create function contact_records(organization uuid, address text, lowered text, channel text, purpose text, at timestamptz)
    returns table (suppressed_at timestamptz, consent integer, attempts text[])
    language sql stable
as $$
    with person as (
        select $2 as address
        union select $3
        union select l.phone from leads l where l.organization_id = $1 and l.email = $2
        union select l.phone from leads l where l.organization_id = $1 and l.email = $3
        union select unnest(array[l.email, lower(l.email)]) from leads l where l.organization_id = $1 and l.phone = $2
    )
    select
        (select min(s.at) from suppressions s
         where s.organization_id = $1 and s.address in (select p.address from person p)
           and s.channel in ('*', $4)),
        (select max(case c.level when 'express_written' then 2 else 1 end) from consents c
         where c.organization_id = $1 and c.address in ($2, $3) and c.channel in ('*', $4)
           and ($5 <> 'marketing' or c.purpose in ('marketing', '*'))
           and c.given_at <= $6
           and (c.revoked_at is null or c.revoked_at > $6)
           and (c.expires_at is null or c.expires_at > $6)),
        (select array_agg((extract(epoch from a.at) * 1000000)::bigint::text order by a.at) from attempts a
         where a.organization_id = $1 and a.address in (select p.address from person p)
           and a.at > $6 - interval '366 days')
$$;
grant execute on function contact_records to overture_engine;
