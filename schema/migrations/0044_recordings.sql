-- The sound of calls: where it is kept. A row is there from the moment at which a call begins to be recorded; a call that its carrier
-- connects to us once more has another part.
create table recordings (
    organization_id uuid not null,
    call_id         uuid not null,
    part            integer not null,
    binding_id      uuid,                          -- the storage that keeps it
    folder          uuid,                          -- or the engines' own folder of that name
    key             text not null,
    state           text not null check (state in ('open', 'stored')),
    began_at        timestamptz not null,
    stored_at       timestamptz,
    bytes           bigint,
    milliseconds    bigint,
    primary key (organization_id, call_id, part),
    foreign key (organization_id, call_id) references calls on delete cascade,
    check ((binding_id is null) <> (folder is null))
);

-- What nobody may have any more, until its storage has forgotten it.
create table objects_to_remove (
    organization_id uuid not null references organizations,
    object_id       uuid not null default gen_random_uuid(),
    binding_id      uuid,
    folder          uuid,
    key             text not null,
    due_at          timestamptz not null default '-infinity',
    tries           integer not null default 0,
    problem         text not null default '',      -- why not, the last time
    primary key (organization_id, object_id)
);
create index objects_due on objects_to_remove (due_at);

-- Whatever takes the row away (retention, the erasure of a person, a conversation that goes) takes the sound away.
create function remove_recorded_object() returns trigger
    language plpgsql set search_path = public, pg_temp
as $$
begin
    insert into objects_to_remove (organization_id, binding_id, folder, key)
    values (old.organization_id, old.binding_id, old.folder, old.key);
    return null;
end $$;
create trigger recordings_gone after delete on recordings
    for each row execute function remove_recorded_object();

do $$
declare
    name text;
begin
    foreach name in array array['recordings', 'objects_to_remove']
    loop
        execute format('alter table %I enable row level security', name);
        execute format('create policy own_organization on %I to overture_engine
                        using (organization_id = (select current_organization()))
                        with check (organization_id = (select current_organization()))', name);
        execute format('grant select, insert, update, delete on %I to overture_engine', name);
    end loop;
end $$;

alter table retention_rules drop constraint retention_rules_kind_check,
    add constraint retention_rules_kind_check check (kind in ('webhooks', 'journal', 'messages', 'recordings', 'people'));

-- Those that are due in storages, and in the folders that this engine has; each waits a lease until somebody tries it again.
create function claim_objects_to_remove(at timestamptz, lease interval, folders uuid[], most integer)
    returns table (organization_id uuid, object_id uuid, binding_id uuid, folder uuid, key text, tries integer)
    language plpgsql security definer set search_path = public, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    with due as (
        select o.organization_id, o.object_id
        from objects_to_remove o
        where o.due_at <= at and (o.folder is null or o.folder = any(folders))
        order by o.due_at
        limit most
        for no key update skip locked
    )
    update objects_to_remove o
    set due_at = at + lease, tries = o.tries + 1
    from due
    where o.organization_id = due.organization_id and o.object_id = due.object_id
    returning o.organization_id, o.object_id, o.binding_id, o.folder, o.key, o.tries;
end $$;
revoke execute on function claim_objects_to_remove from public;
grant execute on function claim_objects_to_remove to overture_engine;
