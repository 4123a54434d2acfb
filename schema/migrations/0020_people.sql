-- People sign in: passwords, second factors, invitations and sessions.

-- An address is kept in lower case. Without a password a person has not taken up the invitation, or comes by their organization's
-- own issuer.
alter table users
    add column password           text,                          -- argon2id, as libsodium writes it
    add column disabled_at        timestamptz,
    add column second_factor      bytea,                         -- sealed; asked for once it was confirmed
    add column second_factor_at   timestamptz,
    add column second_factor_step bigint not null default 0,     -- the last one used (RFC 6238): each is good once
    add column signed_in_at       timestamptz;
create index users_email on users (email, organization_id);

-- Each lets in once, in place of the second factor's code.
create table recovery_codes (
    organization_id uuid not null,
    user_id         uuid not null,
    hash            text not null,                 -- sha256
    used_at         timestamptz,
    primary key (organization_id, user_id, hash),
    foreign key (organization_id, user_id) references users
);

-- Whoever holds one chooses the person's password, once.
create table user_tokens (
    organization_id uuid not null,
    token_id        uuid not null,
    user_id         uuid not null,
    kind            text not null check (kind in ('invitation', 'reset')),
    hash            text not null,                 -- sha256 of the token, which is nowhere
    created_at      timestamptz not null,
    expires_at      timestamptz not null,
    used_at         timestamptz,                   -- or when a newer one took its place
    primary key (organization_id, token_id),
    foreign key (organization_id, user_id) references users
);
create unique index user_tokens_hash on user_tokens (hash, organization_id);
create index user_tokens_user on user_tokens (user_id, organization_id);

create table sessions (
    organization_id uuid not null,
    session_id      uuid not null,
    user_id         uuid not null,
    created_at      timestamptz not null,
    expires_at      timestamptz not null,
    revoked_at      timestamptz,
    network         text not null,                 -- where it was begun: an IPv4 address, or the first half of an IPv6 one
    program         text not null,                 -- the User-Agent, as it said
    primary key (organization_id, session_id),
    foreign key (organization_id, user_id) references users
);
create index sessions_user on sessions (user_id, organization_id);

-- What sessions are signed with, sealed by the installation's key. The newest signs; those before it hold until the last session
-- that they signed has ended.
create table session_keys (
    organization_id uuid not null references organizations,
    key_id          uuid not null,
    sealed          bytea not null,
    created_at      timestamptz not null,
    primary key (organization_id, key_id)
);

-- How often somebody tried to get in, by address and by account; the accounts need not exist. They belong to no organization: all
-- rows are under the nil id, and only the functions below reach them.
create table guesses (
    organization_id uuid not null,
    name            text not null,
    count           integer not null,
    ends_at         timestamptz not null,
    primary key (organization_id, name)
);
create index guesses_ends on guesses (ends_at);

do $$
declare
    name text;
begin
    foreach name in array array['recovery_codes', 'user_tokens', 'sessions', 'session_keys', 'guesses']
    loop
        execute format('alter table %I enable row level security', name);
        execute format('create policy own_organization on %I to overture_engine
                        using (organization_id = (select current_organization()))
                        with check (organization_id = (select current_organization()))', name);
        if name <> 'guesses' then
            execute format('grant select, insert, update, delete on %I to overture_engine', name);
        end if;
    end loop;
end $$;
grant select on guesses to overture_engine;

-- Who has this email address, in whatever organization, and could sign in with a password; and whether they have begun a session
-- from this network since then.
create function users_with_email(asked text, network text, since timestamptz)
    returns table (organization_id uuid, organization text, user_id uuid, password text, known boolean)
    language plpgsql stable security definer set search_path = public, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select u.organization_id, o.name, u.user_id, u.password,
           exists (select from sessions s where s.organization_id = u.organization_id and s.user_id = u.user_id
                                           and s.network = users_with_email.network and s.created_at > since)
    from users u
    join organizations o on o.organization_id = u.organization_id
    where u.email = asked and u.password is not null and u.disabled_at is null;
end $$;

-- Whose token has this hash.
create function user_token_with(asked text)
    returns table (organization_id uuid, token_id uuid, user_id uuid)
    language plpgsql stable security definer set search_path = public, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select t.organization_id, t.token_id, t.user_id from user_tokens t where t.hash = asked;
end $$;

-- Counts one try under each of these names, in windows of `length` that begin with their first; says how many there were then.
create function count_guesses(names text[], at timestamptz, length interval)
    returns table (name text, count integer, ends_at timestamptz)
    language plpgsql security definer set search_path = public, pg_temp
as $$
#variable_conflict use_column
begin
    delete from guesses g
    where (g.organization_id, g.name) in
          (select o.organization_id, o.name from guesses o where o.ends_at <= at and o.name <> all (names)
           order by o.ends_at limit 100 for update skip locked);
    return query
    insert into guesses as g (organization_id, name, count, ends_at)
    select '00000000-0000-0000-0000-000000000000'::uuid, n, 1, at + length
    from (select distinct unnest(names) as n order by 1) x
    on conflict (organization_id, name) do update
        set count = case when g.ends_at <= at then 1 else least(g.count + 1, 1000000) end,
            ends_at = case when g.ends_at <= at then excluded.ends_at else g.ends_at end
    returning g.name, g.count, g.ends_at;
end $$;

-- Takes back what count_guesses counted for somebody who then got in.
create function uncount_guesses(names text[]) returns void
    language plpgsql security definer set search_path = public, pg_temp
as $$
begin
    update guesses g set count = g.count - 1
    where g.organization_id = '00000000-0000-0000-0000-000000000000' and g.name = any (names) and g.count > 0;
end $$;

revoke execute on function users_with_email, user_token_with, count_guesses, uncount_guesses from public;
grant execute on function users_with_email, user_token_with, count_guesses, uncount_guesses to overture_engine;

-- Keys may be held to some areas: {"leads:read", "conversations:write", "*:read"}; without any to none but their role's.
alter table api_keys add column scopes text[] not null default '{}';

drop function api_key_with;
create function api_key_with(asked text)
    returns table (organization_id uuid, key_id uuid, name text, role text, scopes text[], created_at timestamptz,
                   expires_at timestamptz, revoked_at timestamptz)
    language plpgsql stable security definer set search_path = public, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    select k.organization_id, k.key_id, k.name, k.role, k.scopes, k.created_at, k.expires_at, k.revoked_at
    from api_keys k
    where k.hash = asked;
end $$;
revoke execute on function api_key_with from public;
grant execute on function api_key_with to overture_engine;

-- The answers kept for an Idempotency-Key belong to whoever called, a key or a person; the audit says which.
alter table audit add column actor_kind text not null default 'key' check (actor_kind in ('key', 'user', 'operator')),
                  add column actor_id uuid;
