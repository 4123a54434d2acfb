-- As before, and what the organization narrows the rules to ({"window", "days", "attempts_per_day"} in its settings.rules), so that
-- every question that the engine asks the gate is asked with it.
drop function contact_records;
create function contact_records(organization uuid, address text, lowered text, channel text, purpose text, at timestamptz)
    returns table (suppressed_at timestamptz, consent integer, attempts text[], registries jsonb, own jsonb)
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
         where s.organization_id = $1 and s.channel in ('*', $4)
           and s.address in (select p.address from person p union all select hidden_address($1, p.address) from person p)),
        (select max(case c.level when 'express_written' then 2 else 1 end) from consents c
         where c.organization_id = $1 and c.address in ($2, $3) and c.channel in ('*', $4)
           and ($5 <> 'marketing' or c.purpose in ('marketing', '*'))
           and c.given_at <= $6
           and (c.revoked_at is null or c.revoked_at > $6)
           and (c.expires_at is null or c.expires_at > $6)),
        (select array_agg((extract(epoch from a.at) * 1000000)::bigint::text order by a.at) from attempts a
         where a.organization_id = $1 and a.address in (select p.address from person p)
           and a.at > $6 - interval '366 days'),
        (select jsonb_agg(jsonb_build_array(r.name, r.country, floor(extract(epoch from r.as_of))::bigint, r.max_age_days,
                                            coalesce(((n.number & 65535) - 32768)::smallint = any(b.numbers), false))
                          order by r.name)
         from (select case when $2 ~ '^\+[0-9]{6,15}$' then substr($2, 2)::bigint end as number) n
         join registries r on r.organization_id = $1
         left join registry_blocks b on b.organization_id = $1 and b.registry = r.name and b.edition = r.edition
                                    and b.block = n.number >> 16
         where n.number is not null),
        (select o.settings -> 'rules' from organizations o where o.organization_id = $1)
$$;
grant execute on function contact_records to overture_engine;
