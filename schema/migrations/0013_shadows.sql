-- A version that decides a part of a campaign's turns once more, after they are committed: what it would have said is recorded and
-- never sent.
create table campaign_shadows (
    organization_id uuid not null,
    campaign_id     uuid not null,
    version         text not null,
    percent         integer not null check (percent between 1 and 100),
    since           timestamptz not null,
    primary key (organization_id, campaign_id),
    foreign key (organization_id, campaign_id) references campaigns,
    foreign key (organization_id, version) references playbook_versions
);

-- One turn that a shadow decides. Its calls are steps of the turn's negative number: never paid for twice, and counted as any others.
create table shadow_turns (
    organization_id uuid not null,
    conversation_id uuid not null,
    turn_number     integer not null,
    version         text not null,
    state           text not null check (state in ('waiting', 'decided', 'failed')),
    asked_at        timestamptz not null,
    lease_until     timestamptz,
    tries           integer not null default 0,
    decision        jsonb not null default '{}',   -- {explanation, deliveries: [[id, text], …]}, as a turn's own
    problem         text not null default '',
    primary key (organization_id, conversation_id, turn_number),
    foreign key (organization_id, conversation_id, turn_number) references turns on delete cascade
        deferrable initially deferred,
    foreign key (organization_id, version) references playbook_versions
);
create index shadow_turns_waiting on shadow_turns (asked_at, organization_id) where state = 'waiting';

do $$
declare
    name text;
begin
    foreach name in array array['campaign_shadows', 'shadow_turns']
    loop
        execute format('alter table %I enable row level security', name);
        execute format('create policy own_organization on %I to overture_engine
                        using (organization_id = (select current_organization()))
                        with check (organization_id = (select current_organization()))', name);
        execute format('grant select, insert, update, delete on %I to overture_engine', name);
    end loop;
end $$;

-- Every shadow of every organization: asked for now and then by whoever runs their turns.
create function all_shadows() returns table (organization_id uuid, campaign_id uuid, version text, percent integer)
    language plpgsql stable security definer set search_path = public, pg_temp
as $$
#variable_conflict use_column
begin
    return query select s.organization_id, s.campaign_id, s.version, s.percent from campaign_shadows s;
end $$;

-- Turns whose shadow is to be decided, the oldest first, taken until `at` + lease. Those that nobody finishes are given up.
create function claim_shadow_turns(at timestamptz, lease interval, most integer, most_tries integer)
    returns table (organization_id uuid, conversation_id uuid, turn_number integer, version text)
    language plpgsql security definer set search_path = public, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    with due as materialized (
        select s.organization_id, s.conversation_id, s.turn_number
        from shadow_turns s
        where s.state = 'waiting' and (s.lease_until is null or s.lease_until <= at)
        order by s.asked_at, s.organization_id
        limit most
        for no key update skip locked
    ), taken as (
        update shadow_turns s
        set lease_until = at + lease, tries = s.tries + 1,
            state = case when s.tries >= most_tries then 'failed' else s.state end,
            problem = case when s.tries >= most_tries then 'tried too often' else s.problem end
        from due
        where s.organization_id = due.organization_id and s.conversation_id = due.conversation_id
          and s.turn_number = due.turn_number
        returning s.organization_id, s.conversation_id, s.turn_number, s.version, s.state
    )
    select t.organization_id, t.conversation_id, t.turn_number, t.version from taken t where t.state = 'waiting';
end $$;
revoke execute on function all_shadows, claim_shadow_turns from public;
grant execute on function all_shadows, claim_shadow_turns to overture_engine;

-- A turn that is emptied keeps nothing of its shadow either.
create function forget_shadow() returns trigger
    language plpgsql security definer set search_path = public, pg_temp
as $$
begin
    delete from shadow_turns s
    where s.organization_id = new.organization_id and s.conversation_id = new.conversation_id
      and s.turn_number = new.turn_number;
    update steps s set result = '{}', request_hash = ''
    where s.organization_id = new.organization_id and s.conversation_id = new.conversation_id
      and s.turn_number = -new.turn_number;
    return null;
end $$;
create trigger turn_emptied after update of opened on turns
    for each row when (new.opened = '{}') execute function forget_shadow();
