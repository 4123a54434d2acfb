-- Who may call the API, what was done through it, and the answers that a repeated call gets again.

create table api_keys (
    organization_id uuid not null references organizations,
    key_id          uuid not null,
    hash            text not null,                 -- sha256 of the token, in hex; the token itself is nowhere
    name            text not null,
    role            text not null check (role in ('admin', 'manager', 'agent')),
    created_at      timestamptz not null,
    expires_at      timestamptz,
    revoked_at      timestamptz,
    primary key (organization_id, key_id)
);
create unique index api_keys_hash on api_keys (hash, organization_id);
create unique index api_keys_name on api_keys (organization_id, name) where revoked_at is null;

-- What each call that carried an Idempotency-Key was answered.
create table api_answers (
    organization_id uuid not null,
    key_id          uuid not null,
    idempotency_key text not null,
    request_hash    text not null,                 -- of method, target and body
    status          integer not null,
    answer          text not null,
    at              timestamptz not null,
    primary key (organization_id, key_id, idempotency_key)
);
create index api_answers_at on api_answers (key_id, at);

-- Who did what, and when. Written with what was done; never changed.
create table audit (
    organization_id uuid not null,
    audit_id        uuid not null,
    at              timestamptz not null,
    actor           text not null,
    act             text not null,                 -- the operation's name
    target          text not null,                 -- the path that was called
    details         jsonb not null default '{}',
    primary key (organization_id, audit_id)
);

do $$
declare
    name text;
begin
    foreach name in array array['api_keys', 'api_answers', 'audit']
    loop
        execute format('alter table %I enable row level security', name);
        execute format('create policy own_organization on %I to overture_engine
                        using (organization_id = (select current_organization()))
                        with check (organization_id = (select current_organization()))', name);
    end loop;
end $$;
grant select, insert, update on api_keys to overture_engine;
grant select, insert, update, delete on api_answers to overture_engine;
grant select, insert on audit to overture_engine;

-- Whose key has this hash.
create function api_key_with(asked text)
    returns table (organization_id uuid, key_id uuid, name text, role text, created_at timestamptz,
                   expires_at timestamptz, revoked_at timestamptz)
    language plpgsql stable security definer set search_path = public, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select k.organization_id, k.key_id, k.name, k.role, k.created_at, k.expires_at, k.revoked_at
    from api_keys k
    where k.hash = asked;
end $$;
revoke execute on function api_key_with from public;
grant execute on function api_key_with to overture_engine;

-- What a person who has taken a conversation writes: an event like any other, on its way through the gate.
alter table events drop constraint events_kind_check;
alter table events add constraint events_kind_check
    check (kind in ('message', 'status', 'touch', 'timer', 'takeover', 'release', 'call', 'reply'));
