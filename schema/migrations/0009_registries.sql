-- National do-not-call lists as an organization's copies of them. A copy is kept in blocks of 65,536 numbers, so that five
-- millions of them are some ten thousand short rows, and under an edition of its own: importing writes the new edition beside the
-- old one and then names it in one row, so that whoever looks up sees the old list or the new one.
create table registries (
    organization_id uuid not null references organizations,
    name            text not null,                 -- "us-dnc", as rule packs name it
    country         text not null,                 -- ISO 3166-1 alpha-2; '' when the list is of no one country
    edition         uuid not null,
    as_of           timestamptz not null,          -- when the copy was fetched
    imported_at     timestamptz not null,
    entries         bigint not null,
    max_age_days    integer,                       -- the organization's own limit; a rule's stricter one stands
    source          jsonb not null default '{}',   -- files, lines, bad lines
    primary key (organization_id, name)
);
create table registry_blocks (
    organization_id uuid not null references organizations,
    registry        text not null,
    edition         uuid not null,
    block           bigint not null,               -- the number (E.164 without its plus) divided by 65,536
    numbers         smallint[] not null,           -- what is left of it, less 32,768
    primary key (organization_id, registry, edition, block)
);

-- What an erased person's addresses are hashed with, so that they are known again and nobody can read them.
create table address_keys (
    organization_id uuid primary key references organizations,
    key             bytea not null check (length(key) = 32)
);

do $$
declare
    name text;
begin
    foreach name in array array['registries', 'registry_blocks', 'address_keys']
    loop
        execute format('alter table %I enable row level security', name);
        execute format('create policy own_organization on %I to overture_engine
                        using (organization_id = (select current_organization()))
                        with check (organization_id = (select current_organization()))', name);
        execute format('grant select, insert, update, delete on %I to overture_engine', name);
    end loop;
end $$;

-- An address as it is kept after its person was erased; null while the organization has erased nobody.
create function hidden_address(organization uuid, address text) returns text
    language sql stable
as $$
    select 'hidden:' || encode(sha256(k.key || sha256(k.key || convert_to(lower(trim($2)), 'UTF8'))), 'hex')
    from address_keys k
    where k.organization_id = $1
$$;
grant execute on function hidden_address to overture_engine;

-- As before, and what the organization's registries say of the address: [[name, country, seconds of their date, days they
-- may be old, listed], …]; null for an address that is no number, and without registries.
drop function contact_records;
create function contact_records(organization uuid, address text, lowered text, channel text, purpose text, at timestamptz)
    returns table (suppressed_at timestamptz, consent integer, attempts text[], registries jsonb)
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
         where n.number is not null)
$$;
grant execute on function contact_records to overture_engine;
