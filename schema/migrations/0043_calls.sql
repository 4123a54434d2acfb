-- Calls, and what was said in them. A call that we place has the id of its delivery: there is at most one for each.
create table calls (
    organization_id uuid not null references organizations,
    call_id         uuid not null,
    conversation_id uuid not null,
    binding_id      uuid not null,
    direction       text not null check (direction in ('outward', 'inbound')),
    state           text not null check (state in ('placing', 'ringing', 'talking', 'ended')),
    reference       text,                          -- the carrier's
    token_digest    text,                          -- of the token by which its sound finds us; null: it was used
    engine          text,                          -- that has its sound, as long as its sign is fresh
    engine_until    timestamptz,
    started_at      timestamptz not null,
    answered_at     timestamptz,
    ended_at        timestamptz,
    answered_by     text,                          -- person, machine, screening, menu, fax
    reason          text not null default '',      -- why it ended
    recording       text,
    details         jsonb not null default '{}',
    primary key (organization_id, call_id),
    foreign key (organization_id, conversation_id) references conversations on delete cascade
);
create index calls_of_conversation on calls (organization_id, conversation_id, started_at);
create index calls_token on calls (organization_id, token_digest) where token_digest is not null;
create index calls_reference on calls (organization_id, binding_id, reference) where reference is not null;
create index calls_live on calls (engine_until, organization_id, call_id) where state <> 'ended';

create table call_lines (
    organization_id uuid not null,
    call_id         uuid not null,
    number          integer not null,
    who             text not null check (who in ('lead', 'agent')),
    text            text not null,
    kind            text not null default '',      -- what is special: notice, filler, backchannel, cut, machine, …
    from_ms         bigint not null,               -- since the sound began
    to_ms           bigint not null,
    confidence      double precision not null default 1,
    words           jsonb not null default '[]',
    primary key (organization_id, call_id, number),
    foreign key (organization_id, call_id) references calls on delete cascade
);

do $$
declare
    name text;
begin
    foreach name in array array['calls', 'call_lines']
    loop
        execute format('alter table %I enable row level security', name);
        execute format('create policy own_organization on %I to overture_engine
                        using (organization_id = (select current_organization()))
                        with check (organization_id = (select current_organization()))', name);
        execute format('grant select, insert, update, delete on %I to overture_engine', name);
    end loop;
end $$;

-- A conversation with a live call is worked by the engine that has the call, as long as that gives signs of life.
alter table mailboxes add column engine text, add column engine_until timestamptz;

create or replace function claim_mailboxes(at timestamptz, lease interval, worker_name text, most integer, full_ones uuid[])
    returns table (organization_id uuid, conversation_id uuid, fence bigint)
    language plpgsql security definer set search_path = public, pg_temp
    -- A plan for any number of claims would read the whole table; there are few.
    set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
#variable_conflict use_column
declare
    waiting integer;
begin
    if cardinality(full_ones) = 0 then
        select count(*) into waiting
        from (select from mailboxes m
              where m.wake_at <= at and (m.lease_until is null or m.lease_until <= at)
              and (m.engine_until is null or m.engine_until <= at or m.engine = worker_name)
              limit most) x;
        if waiting = 0 then
            return;
        end if;
        if waiting < most then
            return query
            with due as materialized (
                select m.organization_id, m.conversation_id
                from mailboxes m
                where m.wake_at <= at and (m.lease_until is null or m.lease_until <= at)
              and (m.engine_until is null or m.engine_until <= at or m.engine = worker_name)
                order by m.wake_at, m.organization_id, m.conversation_id
                limit most
                for no key update skip locked
            ), taken as (
                update mailboxes m
                set lease_until = at + lease, fence = m.fence + 1, worker = worker_name
                from due
                where m.organization_id = due.organization_id and m.conversation_id = due.conversation_id
                returning m.organization_id, m.conversation_id, m.fence, m.wake_at
            )
            select taken.organization_id, taken.conversation_id, taken.fence from taken
            order by taken.wake_at, taken.organization_id, taken.conversation_id;
            return;
        end if;
    end if;
    return query
    with recursive owners as (
        (select m.organization_id from mailboxes m
         where m.wake_at is not null
         order by m.organization_id limit 1)
        union all
        select (select m.organization_id from mailboxes m
                where m.wake_at is not null and m.organization_id > o.organization_id
                order by m.organization_id limit 1)
        from owners o
        where o.organization_id is not null
    ), in_turns as materialized (
        select x.organization_id, x.conversation_id, x.wake_at
        from (select o.organization_id from owners o
              where o.organization_id is not null and not o.organization_id = any(full_ones)
              offset 0) o
        cross join lateral (
            select m.organization_id, m.conversation_id, m.wake_at
            from mailboxes m
            where m.organization_id = o.organization_id and m.wake_at <= at
              and (m.lease_until is null or m.lease_until <= at)
              and (m.engine_until is null or m.engine_until <= at or m.engine = worker_name)
            order by m.wake_at
            limit most
            for no key update skip locked) x
    ), due as (
        select t.organization_id, t.conversation_id
        from (select t.*, row_number() over (partition by t.organization_id order by t.wake_at) as place from in_turns t) t
        order by t.place, t.wake_at
        limit most
    ), taken as (
        update mailboxes m
        set lease_until = at + lease, fence = m.fence + 1, worker = worker_name
        from due
        where m.organization_id = due.organization_id and m.conversation_id = due.conversation_id
        returning m.organization_id, m.conversation_id, m.fence, m.wake_at
    )
    select taken.organization_id, taken.conversation_id, taken.fence from taken
    order by taken.wake_at, taken.organization_id, taken.conversation_id;
end $$;

-- Calls whose engine is gone, or that never got as far as having one, are over. Nobody is called again by that.
create function end_lost_calls(at timestamptz, never_answered_before timestamptz)
    returns table (organization_id uuid, call_id uuid, conversation_id uuid, reason text)
    language plpgsql security definer set search_path = public, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    with lost as (
        select c.organization_id, c.call_id
        from calls c
        where c.state <> 'ended'
          and (c.engine_until <= at or (c.engine_until is null and c.started_at <= never_answered_before))
        limit 100
        for no key update skip locked
    )
    update calls c
    set state = 'ended', ended_at = at, token_digest = null, engine = null, engine_until = null,
        reason = case when c.engine_until is null then 'never connected' else 'engine gone' end
    from lost
    where c.organization_id = lost.organization_id and c.call_id = lost.call_id
    returning c.organization_id, c.call_id, c.conversation_id, c.reason;
end $$;
revoke execute on function end_lost_calls from public;
grant execute on function end_lost_calls to overture_engine;
