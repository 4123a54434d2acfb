-- Addresses of an organization's own that notices are sent to, and what is on its way to each.

create table endpoints (
    organization_id uuid not null references organizations,
    endpoint_id     uuid not null,
    url             text not null,
    kinds           text[] not null default '{}',  -- none: all
    about           text not null default '',
    secrets         bytea not null,                -- sealed: the one that signs, and the one before it
    secret_before_until timestamptz,
    state           text not null default 'on' check (state in ('on', 'off')),
    note            text not null default '',      -- why it is off, or what it said last
    failures        integer not null default 0,    -- in a row
    failing_since   timestamptz,
    resting_until   timestamptz,                   -- after failures: nothing is sent before
    slow            boolean not null default false,  -- its last answer was: it is sent one at a time
    seen            pg_snapshot not null,          -- how far it has heard the feed …
    upto            pg_snapshot,                   -- … and what of the part after it
    position        bigint not null default 0,
    place           bigint not null default 0,
    created_at      timestamptz not null,
    primary key (organization_id, endpoint_id)
);

-- One notice on its way to one endpoint. A message's words are not here; they are read when it is sent.
create table endpoint_sends (
    organization_id uuid not null,
    send_id         uuid not null,
    endpoint_id     uuid not null,
    kind            text not null,
    at              timestamptz not null,
    data            jsonb not null,
    state           text not null default 'due' check (state in ('due', 'sent', 'dead')),
    tries           integer not null default 0,
    due_at          timestamptz not null,
    lease_until     timestamptz,
    status          integer,                       -- what the last try was answered
    note            text not null default '',
    created_at      timestamptz not null,
    done_at         timestamptz,
    primary key (organization_id, send_id),
    foreign key (organization_id, endpoint_id) references endpoints on delete cascade
);
create index endpoint_sends_due on endpoint_sends (endpoint_id, due_at, organization_id) where state = 'due';
create index endpoint_sends_under_way on endpoint_sends (lease_until, endpoint_id, organization_id) where lease_until is not null;
create index endpoint_sends_of on endpoint_sends (endpoint_id, send_id, organization_id);
create index endpoint_sends_done on endpoint_sends (done_at) where state <> 'due';

do $$
declare
    name text;
begin
    foreach name in array array['endpoints', 'endpoint_sends']
    loop
        execute format('alter table %I enable row level security', name);
        execute format('create policy own_organization on %I to overture_engine
                        using (organization_id = (select current_organization()))
                        with check (organization_id = (select current_organization()))', name);
        execute format('grant select, insert, update, delete on %I to overture_engine', name);
    end loop;
end $$;

-- Endpoints for which the feed has something that they have not heard: one of each organization, then the second of each …
create function endpoints_behind(most integer) returns table (organization_id uuid, endpoint_id uuid)
    language plpgsql stable security definer set search_path = public, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select b.organization_id, b.endpoint_id
    from (select e.organization_id, e.endpoint_id,
                 row_number() over (partition by e.organization_id order by random()) as turn
          from endpoints e
          where e.state = 'on'
            and (e.upto is not null
                 or exists (select from feed f
                            where f.organization_id = e.organization_id and f.written_by >= pg_snapshot_xmin(e.seen)
                              and not pg_visible_in_snapshot(f.written_by, e.seen)))) b
    order by b.turn, random()
    limit most;
end $$;

-- One send for one who sends: of the organization that has the fewest under way, and of an endpoint that neither rests nor has its share.
-- One that failed or is slow gets one at a time. `busy`: organizations that have their share of the caller's threads.
create function claim_send(moment timestamptz, lease interval, share integer, busy uuid[]) returns table (organization_id uuid, send_id uuid)
    language plpgsql security definer set search_path = public, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    with under_way as materialized (
        select s.organization_id, s.endpoint_id, count(*) as sends
        from endpoint_sends s where s.lease_until > moment
        group by s.organization_id, s.endpoint_id
    ), candidates as materialized (
        select e.organization_id, x.send_id
        from endpoints e
        left join under_way u on u.organization_id = e.organization_id and u.endpoint_id = e.endpoint_id
        left join (select w.organization_id, sum(w.sends) as sends from under_way w group by w.organization_id) o
               on o.organization_id = e.organization_id
        cross join lateral (
            select s.send_id, s.due_at
            from endpoint_sends s
            where s.endpoint_id = e.endpoint_id and s.organization_id = e.organization_id and s.state = 'due'
              and s.due_at <= moment and (s.lease_until is null or s.lease_until <= moment)
            order by s.due_at
            limit 4) x
        where e.state = 'on' and (e.resting_until is null or e.resting_until <= moment)
          and e.organization_id <> all (busy)
          and coalesce(u.sends, 0) < case when e.failures > 0 or e.slow then 1 else share end
          and coalesce(o.sends, 0) < share * 2
        order by coalesce(o.sends, 0), x.due_at
        limit 16
    ), one as (
        select s.organization_id, s.send_id
        from candidates c
        join endpoint_sends s on s.organization_id = c.organization_id and s.send_id = c.send_id
        where s.state = 'due' and (s.lease_until is null or s.lease_until <= moment)
        limit 1
        for update of s skip locked
    )
    update endpoint_sends s set lease_until = moment + lease
    from one
    where s.organization_id = one.organization_id and s.send_id = one.send_id
    returning s.organization_id, s.send_id;
end $$;

-- What was sent or given up before then; at most `most` rows.
create function forget_sends(before timestamptz, most integer) returns integer
    language plpgsql security definer set search_path = public, pg_temp
as $$
declare
    gone integer;
begin
    delete from endpoint_sends s
    where (s.organization_id, s.send_id) in
          (select d.organization_id, d.send_id from endpoint_sends d where d.state <> 'due' and d.done_at < before
           order by d.done_at limit most);
    get diagnostics gone = row_count;
    return gone;
end $$;

create or replace function settle_feed() returns boolean
    language plpgsql security definer set search_path = public, pg_temp
as $$
begin
    update feed_kept set written_in = c.system_identifier, forgotten = '0'
    from pg_control_system() c where written_in <> c.system_identifier;
    if not found then
        return false;
    end if;
    delete from feed;
    update endpoints set seen = pg_current_snapshot(), upto = null, position = 0, place = 0;
    return true;
end $$;

revoke execute on function endpoints_behind, claim_send, forget_sends from public;
grant execute on function endpoints_behind, claim_send, forget_sends to overture_engine;
