-- Lists that are imported while whoever sent them goes on, and what an organization needs that has its people's words sealed (decisions
-- 42 and 43).

create table imports (
    organization_id uuid not null references organizations,
    import_id       uuid not null,
    campaign_id     uuid not null,
    name            text not null default '',      -- of the file, as whoever sent it calls it
    region          text not null default '',
    csv             text,                          -- until it is over
    state           text not null default 'waiting'
                    check (state in ('waiting', 'running', 'planning', 'done', 'failed', 'cancelled')),
    cancelled       boolean not null default false, -- somebody asked for it while it ran
    rows_read       integer not null default 0,
    kept            integer not null default 0,
    refused         integer not null default 0,
    report          jsonb,
    problem         text not null default '',      -- why it failed, a sentence
    tries           integer not null default 0,    -- whoever runs it, and no earlier one, may end it
    lease_until     timestamptz,
    request         text not null default '',      -- the call of the API that sent it
    created_at      timestamptz not null,
    began_at        timestamptz,
    ended_at        timestamptz,
    primary key (organization_id, import_id),
    foreign key (organization_id, campaign_id) references campaigns
);
create index imports_at_work on imports (created_at) where state in ('waiting', 'running', 'planning');
create index imports_ended on imports (ended_at) where ended_at is not null;
alter table imports enable row level security;
create policy own_organization on imports to overture_engine
    using (organization_id = (select current_organization()))
    with check (organization_id = (select current_organization()));
grant select, insert, update on imports to overture_engine;

-- The oldest list that waits, or whose engine is gone; one of each organization at a time.
create function claim_import(moment timestamptz, lease interval)
    returns table (organization_id uuid, import_id uuid, tries integer)
    language plpgsql security definer set search_path = public, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    with one as (
        select i.organization_id, i.import_id
        from imports i
        where i.state in ('waiting', 'running', 'planning') and (i.lease_until is null or i.lease_until <= moment)
          and not exists (select from imports o
                          where o.organization_id = i.organization_id and o.state in ('running', 'planning')
                            and o.lease_until > moment)
        order by i.created_at, i.import_id
        limit 1
        for update skip locked
    )
    update imports i
    set tries = i.tries + 1, lease_until = moment + lease, began_at = coalesce(i.began_at, moment),
        state = case when i.state = 'waiting' then 'running' else i.state end
    from one
    where i.organization_id = one.organization_id and i.import_id = one.import_id
    returning i.organization_id, i.import_id, i.tries;
end $$;

-- Imports that were over before then.
create function forget_imports(before timestamptz) returns integer
    language plpgsql security definer set search_path = public, pg_temp
as $$
declare
    gone integer;
begin
    delete from imports i where i.ended_at < before;
    get diagnostics gone = row_count;
    return gone;
end $$;
revoke execute on function claim_import, forget_imports from public;
grant execute on function claim_import, forget_imports to overture_engine;

-- What is sealed has no words.
create or replace function lead_words_of(first_name text, last_name text, company text) returns setof text
    language sql stable parallel safe
begin atomic
    select distinct left(w.word, 60)
    from (select s.word
          from string_to_table(plain_words(concat_ws(' ', first_name, last_name, company)), ' ') as s (word)
          where not starts_with(first_name, 'sealed:1:') and not starts_with(last_name, 'sealed:1:')
            and not starts_with(coalesce(company, ''), 'sealed:1:')
          limit 30) w
    where w.word <> '';
end;

-- What was written before an organization had it sealed is sealed where it stands.
grant update on webhooks, import_rows, steps, turns, events, deliveries, messages, conversations, leads, meetings to overture_engine;
