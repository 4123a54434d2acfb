-- Money: what an organization lets its model calls cost, what they have cost, and what is set aside for turns at work.
-- Amounts are millionths of the budget's currency. A day is UTC's. The nil uuid stands for "every campaign".

create table budgets (
    organization_id uuid not null references organizations,
    scope           text not null check (scope in ('turn', 'conversation', 'campaign', 'organization')),
    period          text not null check (period in ('total', 'day')),
    campaign_id     uuid not null,                 -- only there
    limit_micros    bigint not null check (limit_micros >= 0),
    currency        text not null check (currency ~ '^[A-Z]{3}$'),
    updated_at      timestamptz not null,
    primary key (organization_id, scope, period, campaign_id),
    check (period = 'total' or scope in ('campaign', 'organization')),
    check (scope <> 'organization' or campaign_id = '00000000-0000-0000-0000-000000000000')
);

-- What counts for campaigns and organizations, kept while the organization has a budget. A turn's and a conversation's costs
-- are read from their steps. Updated often, indexed by its key only.
create table budget_usage (
    organization_id uuid not null,
    campaign_id     uuid not null,                 -- nil: the whole organization
    day             date not null,                 -- '-infinity': in total
    spent_micros    bigint not null default 0,
    reserved_micros bigint not null default 0,
    primary key (organization_id, campaign_id, day)
) with (fillfactor = 50);

-- What one turn has set aside, from before its first model call until it is settled with its commit.
create table reservations (
    organization_id uuid not null,
    conversation_id uuid not null,
    turn_number     integer not null,
    campaign_id     uuid not null,
    day             date not null,                 -- where it counts
    amount_micros   bigint not null,               -- all that the turn may cost
    counted_micros  bigint not null default 0,     -- so much of it is counted as spent already
    open_until      timestamptz not null,          -- one that is older was left behind
    primary key (organization_id, conversation_id, turn_number)
) with (fillfactor = 50);

do $$
declare
    name text;
begin
    foreach name in array array['budgets', 'budget_usage', 'reservations']
    loop
        execute format('alter table %I enable row level security', name);
        execute format('create policy own_organization on %I to overture_engine
                        using (organization_id = (select current_organization()))
                        with check (organization_id = (select current_organization()))', name);
        execute format('grant select, insert, update, delete on %I to overture_engine', name);
    end loop;
end $$;

-- Adds to the counters of the campaigns, of the organization, of the days and in total. Locks them in one order, so that
-- two of these functions never wait for each other; rows of `reservations` are locked before.
create function move_usage(organization uuid, campaigns uuid[], days date[], spent bigint[], reserved bigint[]) returns void
    language plpgsql set search_path = public, pg_temp
as $$
declare
    whole constant uuid := '00000000-0000-0000-0000-000000000000';
begin
    perform from budget_usage u
    where u.organization_id = organization and u.campaign_id = any(campaigns || whole)
      and u.day = any(days || date '-infinity')
    order by u.campaign_id, u.day
    for update;
    update budget_usage u
    set spent_micros = u.spent_micros + m.spent, reserved_micros = greatest(0, u.reserved_micros + m.reserved)
    from (select c.campaign, d.day, sum(g.spent) as spent, sum(g.reserved) as reserved
          from unnest(campaigns, days, spent, reserved) as g (campaign, day, spent, reserved),
               lateral (values (g.campaign), (whole)) as c (campaign),
               lateral (values (g.day), (date '-infinity')) as d (day)
          group by c.campaign, d.day) m
    where u.organization_id = organization and u.campaign_id = m.campaign and u.day = m.day;
end $$;

-- Sets aside what turns may cost in all: `totals` includes what their steps have cost already. Either for all of them, or
-- for none, and then one budget that has no room is returned. A turn that has something set aside already keeps it and adds
-- what is missing.
create function reserve_money(organization uuid, conversations uuid[], turns integer[], campaigns uuid[], totals bigint[],
                              currencies text[], at timestamptz, open_for interval)
    returns table (scope text, period text, limit_micros bigint, currency text, spent_micros bigint,
                   reserved_micros bigint)
    language plpgsql set search_path = public, pg_temp
as $$
#variable_conflict use_column
declare
    whole constant uuid := '00000000-0000-0000-0000-000000000000';
    today constant date := (at at time zone 'UTC')::date;
    own_days date[];
    more bigint[];
begin
    select array_agg(coalesce(r.day, today) order by g.place),
           array_agg(greatest(0, g.total - coalesce(r.amount_micros, 0)) order by g.place)
    into own_days, more
    from unnest(conversations, turns, totals) with ordinality as g (conversation, turn, total, place)
    left join (select * from reservations
               where organization_id = organization and conversation_id = any(conversations)
               order by conversation_id for update) r
        on r.conversation_id = g.conversation and r.turn_number = g.turn;

    insert into budget_usage (organization_id, campaign_id, day)
    select organization, c.campaign, d.day
    from (select whole as campaign union select unnest(campaigns)) c, (values (date '-infinity'), (today)) as d (day)
    where not exists (select from budget_usage u where u.organization_id = organization and u.campaign_id = c.campaign
                                                   and u.day = d.day)
    order by c.campaign, d.day
    on conflict do nothing;
    perform from budget_usage u
    where u.organization_id = organization and u.campaign_id = any(campaigns || whole)
      and u.day = any(own_days || array[date '-infinity', today])
    order by u.campaign_id, u.day
    for update;

    return query
    with asked as (
        select *
        from unnest(conversations, turns, campaigns, totals, currencies, more)
            as g (conversation, turn, campaign, total, currency, more)
    )
    select b.scope, b.period, b.limit_micros, b.currency, x.spent::bigint, x.reserved::bigint
    from budgets b
    cross join lateral (
        select u.spent_micros as spent, u.reserved_micros as reserved, sum(a.more) as more,
               bool_or(a.total > 0 and a.currency not in ('', b.currency)) as foreign_money
        from budget_usage u
        join asked a on u.campaign_id in (a.campaign, whole)
        where b.scope in ('campaign', 'organization') and u.organization_id = organization
          and u.day = case b.period when 'day' then today else '-infinity' end
          and case b.scope when 'organization' then u.campaign_id = whole
                           else u.campaign_id <> whole and b.campaign_id in (u.campaign_id, whole) end
        group by u.campaign_id, u.spent_micros, u.reserved_micros
        union all
        select s.this_turn + s.earlier, 0, a.total - s.this_turn,
               a.total > 0 and a.currency not in ('', b.currency)
        from asked a
        cross join lateral (
            select coalesce(sum(s.cost_micros) filter (where s.turn_number = a.turn), 0) as this_turn,
                   coalesce(sum(s.cost_micros) filter (where b.scope = 'conversation' and s.turn_number < a.turn), 0)
                       as earlier
            from steps s
            where s.organization_id = organization and s.conversation_id = a.conversation) s
        where b.scope in ('turn', 'conversation') and b.campaign_id in (a.campaign, whole)
    ) x
    where b.organization_id = organization
      and (x.spent + x.reserved + x.more > b.limit_micros or x.foreign_money)
    order by b.period = 'day', b.limit_micros
    limit 1;
    if found then
        return;
    end if;

    insert into reservations (organization_id, conversation_id, turn_number, campaign_id, day, amount_micros, open_until)
    select organization, g.conversation, g.turn, g.campaign, today, g.total, at + open_for
    from unnest(conversations, turns, campaigns, totals) as g (conversation, turn, campaign, total)
    on conflict (organization_id, conversation_id, turn_number)
    do update set amount_micros = greatest(reservations.amount_micros, excluded.amount_micros),
                  open_until = excluded.open_until;
    perform move_usage(organization, campaigns, own_days, array_fill(0::bigint, array[cardinality(more)]), more);
end $$;

-- Closes turns' reservations with what their recorded steps have cost. Harmless where there is none, and to repeat.
create function settle_money(organization uuid, conversations uuid[], turns integer[]) returns void
    language plpgsql set search_path = public, pg_temp
as $$
declare
    campaigns uuid[];
    days date[];
    spent bigint[];
    freed bigint[];
begin
    with gone as (
        delete from reservations r
        using unnest(conversations, turns) as g (conversation, turn)
        where r.organization_id = organization and r.conversation_id = g.conversation and r.turn_number = g.turn
        returning r.*
    ), priced as (
        select gone.*, (select coalesce(sum(s.cost_micros), 0) from steps s
                        where s.organization_id = organization and s.conversation_id = gone.conversation_id
                          and s.turn_number = gone.turn_number) as cost
        from gone
    )
    select array_agg(p.campaign_id), array_agg(p.day), array_agg(p.cost - p.counted_micros),
           array_agg(p.counted_micros - p.amount_micros)
    into campaigns, days, spent, freed
    from priced p;
    if campaigns is not null then
        perform move_usage(organization, campaigns, days, spent, freed);
    end if;
end $$;

-- Frees what turns left behind that nobody came back for: what their recorded steps have cost is spent. Returns how many.
create function expire_reservations(organization uuid, at timestamptz) returns integer
    language plpgsql set search_path = public, pg_temp
as $$
declare
    campaigns uuid[];
    days date[];
    spent bigint[];
    freed bigint[];
begin
    with old as (
        select r.*, (select coalesce(sum(s.cost_micros), 0) from steps s
                     where s.organization_id = organization and s.conversation_id = r.conversation_id
                       and s.turn_number = r.turn_number) as cost
        from reservations r
        where r.organization_id = organization and r.open_until <= at and r.amount_micros > r.counted_micros
        for update of r skip locked
    ), closed as (
        update reservations r
        set amount_micros = old.cost, counted_micros = old.cost
        from old
        where r.organization_id = organization and r.conversation_id = old.conversation_id
          and r.turn_number = old.turn_number
    )
    select array_agg(o.campaign_id), array_agg(o.day), array_agg(o.cost - o.counted_micros),
           array_agg(o.counted_micros - o.amount_micros)
    into campaigns, days, spent, freed
    from old o;
    if campaigns is null then
        return 0;
    end if;
    perform move_usage(organization, campaigns, days, spent, freed);
    return cardinality(campaigns);
end $$;

-- What organizations have decided about money and models, for those that have decided anything.
create index organizations_with_models on organizations (organization_id) where settings ? 'models';
create function organization_policies() returns table (organization_id uuid, budgeted boolean, settings jsonb)
    language plpgsql stable security definer set search_path = public, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select o.organization_id, exists (select from budgets b where b.organization_id = o.organization_id), o.settings
    from organizations o
    where o.organization_id in (select b.organization_id from budgets b
                                union select x.organization_id from organizations x where x.settings ? 'models');
end $$;

-- Who is meant by an organization's id or name on the command line; '' is every one of them.
create function organizations_named(asked text) returns table (organization_id uuid, name text)
    language plpgsql stable security definer set search_path = public, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select o.organization_id, o.name from organizations o
    where asked = '' or o.organization_id::text = asked or lower(o.name) = lower(asked)
    order by o.created_at, o.organization_id;
end $$;
revoke execute on function organization_policies, organizations_named from public;
grant execute on function organization_policies, organizations_named to overture_engine;
