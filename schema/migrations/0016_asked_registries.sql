-- Do-not-call registries that a plugin answers for, number by number, and what it has answered. An answer is kept when it
-- comes, whatever becomes of the turn that asked.
create table registry_sources (
    organization_id uuid not null references organizations,
    name            text not null,                 -- "us-dnc", as rule packs name it
    country         text not null,                 -- ISO 3166-1 alpha-2; '' when it is of no one country
    binding_id      uuid not null,
    max_age_days    integer,                       -- the organization's own limit; a rule's stricter one stands
    created_at      timestamptz not null,
    primary key (organization_id, name),
    foreign key (organization_id, binding_id) references bindings (organization_id, binding_id)
);
create table registry_answers (
    organization_id uuid not null references organizations,
    registry        text not null,
    address         text not null,                 -- E.164
    listed          boolean not null,
    as_of           timestamptz not null,          -- how things stood then, by the registry's own word
    asked_at        timestamptz not null,
    primary key (organization_id, registry, address)
);

do $$
declare
    name text;
begin
    foreach name in array array['registry_sources', 'registry_answers']
    loop
        execute format('alter table %I enable row level security', name);
        execute format('create policy own_organization on %I to overture_engine
                        using (organization_id = (select current_organization()))
                        with check (organization_id = (select current_organization()))', name);
        execute format('grant select, insert, update, delete on %I to overture_engine', name);
    end loop;
end $$;

-- As before, and of each registry whether a plugin answers for it: its date is null while it has not answered for the number. The
-- number is taken apart first: row-level security lets no substr() near an index, and a plan made before the address is known
-- then reads every block.
drop function contact_records;
create function contact_records(organization uuid, address text, lowered text, channel text, purpose text, at timestamptz)
    returns table (suppressed_at timestamptz, consent integer, attempts text[], registries jsonb, own jsonb)
    language sql stable
as $$
    with dialled as materialized (
        select x.number >> 16 as block, ((x.number & 65535) - 32768)::smallint as rest
        from (select case when $2 ~ '^\+[0-9]{6,15}$' then substr($2, 2)::bigint end as number) x
        where x.number is not null
    ), person as (
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
        (select jsonb_agg(x.state order by x.name, x.asked)
         from dialled n
         cross join lateral (
             select r.name, false as asked,
                    jsonb_build_array(r.name, r.country, floor(extract(epoch from r.as_of))::bigint, r.max_age_days,
                                      coalesce((select n.rest = any(b.numbers)
                                                from registry_blocks b
                                                where b.organization_id = $1 and b.registry = r.name
                                                  and b.edition = r.edition and b.block = n.block), false),
                                      false) as state
             from registries r
             where r.organization_id = $1
             union all
             select s.name, true,
                    coalesce((select jsonb_build_array(s.name, s.country, floor(extract(epoch from a.as_of))::bigint,
                                                       s.max_age_days, a.listed, true)
                              from registry_answers a
                              where a.organization_id = $1 and a.registry = s.name and a.address = $2),
                             jsonb_build_array(s.name, s.country, null, s.max_age_days, false, true))
             from registry_sources s
             where s.organization_id = $1
         ) x),
        (select o.settings -> 'rules' from organizations o where o.organization_id = $1)
$$;
grant execute on function contact_records to overture_engine;
