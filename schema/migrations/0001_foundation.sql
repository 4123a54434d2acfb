-- The house's tables. Each has organization_id first in its primary key, and row-level security holds every
-- role the running engine uses to the organization named by the setting overture.organization. Tables that are written with
-- every turn do not refer to organizations: each such row would lock the organization's one row, and the policy checks it. Every other index leads
-- with the column that tells rows apart: with organization_id in front of all of them, PostgreSQL takes any of them for a
-- look-up by key while a table's statistics are young, and reads a whole organization for one row.

create extension if not exists btree_gist;

do $$
begin
    create role overture_engine nologin nobypassrls;
exception when duplicate_object or unique_violation then null;  -- another database of the same server made it
end $$;
grant overture_engine to current_user;
grant usage on schema public to overture_engine;

create function current_organization() returns uuid
    language sql stable parallel safe
    return nullif(current_setting('overture.organization', true), '')::uuid;

create table organizations (
    organization_id uuid primary key,
    name            text not null,
    settings        jsonb not null default '{}',
    created_at      timestamptz not null
);

create table users (
    organization_id uuid not null references organizations,
    user_id         uuid not null,
    email           text not null,
    name            text not null,
    role            text not null check (role in ('admin', 'manager', 'agent')),
    created_at      timestamptz not null,
    primary key (organization_id, user_id),
    unique (organization_id, email)
);

-- One organization's settings for one provider (or channel) plugin. Secrets are sealed before they come here.
create table bindings (
    organization_id uuid not null references organizations,
    binding_id      uuid not null,
    name            text not null,
    plugin          text not null,
    settings        jsonb not null default '{}',
    secrets         bytea,
    created_at      timestamptz not null,
    primary key (organization_id, binding_id),
    unique (organization_id, name)
);

-- A published playbook, immutable, named by the hash of its files {path: text}.
create table playbook_versions (
    organization_id uuid not null references organizations,
    version         text not null,
    playbook        text not null,
    files           jsonb not null,
    published_at    timestamptz not null,
    primary key (organization_id, version)
);

create table campaigns (
    organization_id uuid not null references organizations,
    campaign_id     uuid not null,
    name            text not null,
    version         text not null,
    channels        text[] not null,
    bindings        jsonb not null default '{}',   -- role or channel → binding id: {"sms": "…", "model": "…"}
    settings        jsonb not null default '{}',   -- the playbook's settings as this organization filled them in
    state           text not null check (state in ('draft', 'running', 'paused', 'stopped', 'finished')),
    starts_at       timestamptz not null,
    ends_at         timestamptz,
    created_at      timestamptz not null,
    primary key (organization_id, campaign_id),
    foreign key (organization_id, version) references playbook_versions
);

create table leads (
    organization_id uuid not null references organizations,
    lead_id         uuid not null,
    external_id     text,
    first_name      text not null default '',
    last_name       text not null default '',
    phone           text,              -- E.164
    email           text,
    country         text,              -- ISO 3166-1 alpha-2
    state           text,
    postal_code     text,
    zone            text,              -- as the CRM or file said it; evidence, not verdict
    language        text,
    company         text,
    title           text,
    custom          jsonb not null default '{}',
    evidence        jsonb not null default '{}',   -- what else speaks of place: {"said": …, "ip_state": …}
    created_at      timestamptz not null,
    primary key (organization_id, lead_id),
    unique (external_id, organization_id),
    unique (phone, organization_id),
    check (phone is not null or email is not null)
);
create index leads_email on leads (email, organization_id);

-- Rows of an import that did not become a lead of their own, each with its line and reason.
create table import_rows (
    organization_id uuid not null,
    campaign_id     uuid not null,
    line            integer not null,
    outcome         text not null check (outcome in ('rejected', 'merged')),
    reason          text not null,
    lead_id         uuid,
    primary key (organization_id, campaign_id, line),
    foreign key (organization_id, campaign_id) references campaigns
);

create table conversations (
    organization_id uuid not null,
    conversation_id uuid not null,
    campaign_id     uuid not null,
    lead_id         uuid not null,
    version         text not null,
    stage           text not null,
    state           text not null check (state in ('open', 'held', 'taken', 'closed')),
    reason          text not null default '',      -- why it is held or closed
    language        text not null default 'en',
    channel         text not null default '',      -- the channel last used by either side
    facts           jsonb not null default '{}',
    memory          jsonb not null default '{}',   -- the handler's own notes: tries per objection, offered slots
    sentiment       text not null default '',
    message_count   integer not null default 0,
    turn_count      integer not null default 0,
    takeover_fence  bigint not null default 0,     -- raised by a takeover and an opt-out; an older draft is refused
    created_at      timestamptz not null,
    updated_at      timestamptz not null,
    primary key (organization_id, conversation_id),
    unique (campaign_id, lead_id, organization_id),
    foreign key (organization_id, campaign_id) references campaigns,
    foreign key (organization_id, lead_id) references leads
);
create index conversations_lead on conversations (lead_id, organization_id);

create table messages (
    organization_id uuid not null,
    conversation_id uuid not null,
    number          integer not null,
    direction       text not null check (direction in ('in', 'out', 'note')),
    author          text not null check (author in ('lead', 'agent', 'user', 'engine')),
    channel         text not null,
    text            text not null,
    stage           text not null,
    at              timestamptz not null,
    event_id        uuid,
    delivery_id     uuid,
    details         jsonb not null default '{}',
    primary key (organization_id, conversation_id, number),
    foreign key (organization_id, conversation_id) references conversations
);

-- Webhook calls as their bytes came.
create table webhooks (
    organization_id uuid not null,
    webhook_id      uuid not null,
    binding_id      uuid not null,
    received_at     timestamptz not null,
    method          text not null,
    url             text not null,
    headers         jsonb not null,
    body            bytea not null,
    outcome         text not null,                 -- accepted, refused, unreadable, unmatched
    note            text not null default '',
    primary key (organization_id, webhook_id),
    foreign key (organization_id, binding_id) references bindings
);

create table events (
    organization_id uuid not null,
    event_id        uuid not null,
    conversation_id uuid not null,
    kind            text not null check (kind in ('message', 'status', 'touch', 'timer', 'takeover', 'release', 'call')),
    due_at          timestamptz not null,
    received_at     timestamptz not null,
    dedupe_key      text not null,
    payload         jsonb not null default '{}',
    turn_number     integer,                       -- the turn that answered it; null while pending
    dropped         text,                          -- why it was closed without an answer
    tries           integer not null default 0,
    primary key (organization_id, event_id),
    unique (dedupe_key, organization_id),
    foreign key (organization_id, conversation_id) references conversations
);
create index events_pending on events (conversation_id, due_at, organization_id)
    where turn_number is null and dropped is null;

create table mailboxes (
    organization_id uuid not null,
    conversation_id uuid not null,
    wake_at         timestamptz,                   -- null: nothing to do
    lease_until     timestamptz,
    fence           bigint not null default 0,
    worker          text,
    primary key (organization_id, conversation_id),
    foreign key (organization_id, conversation_id) references conversations
);
create index mailboxes_due on mailboxes (wake_at, organization_id, conversation_id) where wake_at is not null;
create index mailboxes_of_organization on mailboxes (organization_id, wake_at) where wake_at is not null;

create table turns (
    organization_id uuid not null,
    conversation_id uuid not null,
    turn_number     integer not null,
    fence           bigint not null,
    state           text not null check (state in ('open', 'committed', 'failed')),
    opened_at       timestamptz not null,
    opened          jsonb not null,                -- which events, what time, which version, which seed
    closed_at       timestamptz,
    outcome         jsonb,                         -- what was decided and why, for `turn show`
    primary key (organization_id, conversation_id, turn_number),
    foreign key (organization_id, conversation_id) references conversations
);

create table steps (
    organization_id uuid not null,
    conversation_id uuid not null,
    turn_number     integer not null,
    step_number     integer not null,
    kind            text not null,
    request_hash    text not null,
    result          jsonb not null,
    cost_micros     bigint not null default 0,
    started_at      timestamptz not null,
    ended_at        timestamptz not null,
    primary key (organization_id, conversation_id, turn_number, step_number)
);

-- Each contact that the gate allowed, chained per organization: hash = sha256(previous hash + the row).
create table permits (
    organization_id uuid not null,
    permit_id       uuid not null,
    sequence        bigint not null,
    address         text not null,
    channel         text not null,
    purpose         text not null,
    minute          timestamptz not null,
    document        jsonb not null,                -- rules, sources, zones, jurisdictions, evidence, rule-pack version
    previous_hash   text not null,
    hash            text not null,
    primary key (organization_id, permit_id),
    unique (sequence, organization_id)
);
create table permit_heads (
    organization_id uuid primary key references organizations,
    sequence        bigint not null,
    hash            text not null
);

create table deliveries (
    organization_id uuid not null,
    delivery_id     uuid not null,
    conversation_id uuid not null,
    lead_id         uuid not null,
    turn_number     integer not null,
    channel         text not null,
    binding_id      uuid not null,
    sender          text not null default '',
    recipient       text not null,
    text            text not null,
    parts           jsonb not null default '[]',
    state           text not null check (state in
                    ('due', 'sending', 'sent', 'delivered', 'failed', 'undelivered', 'unknown', 'held', 'cancelled')),
    due_at          timestamptz not null,
    permit_id       uuid not null,                 -- asked for again right before sending; then the newer one
    takeover_fence  bigint not null,
    tries           integer not null default 0,
    reference       text,                          -- the carrier's id
    note            text not null default '',
    created_at      timestamptz not null,
    sent_at         timestamptz,
    updated_at      timestamptz not null,
    primary key (organization_id, delivery_id),
    foreign key (organization_id, conversation_id) references conversations,
    foreign key (organization_id, permit_id) references permits
);
create index deliveries_due on deliveries (due_at, organization_id, delivery_id) where state in ('due', 'unknown');
create index deliveries_sending on deliveries (updated_at) where state = 'sending';
create index deliveries_reference on deliveries (reference, binding_id, organization_id);
create index deliveries_conversation on deliveries (conversation_id, organization_id);

-- Who must not be contacted. channel '*' is every channel.
create table suppressions (
    organization_id uuid not null references organizations,
    address         text not null,
    channel         text not null,
    reason          text not null,
    proof           jsonb not null default '{}',
    at              timestamptz not null,
    primary key (organization_id, address, channel)
);

create table consents (
    organization_id uuid not null references organizations,
    consent_id      uuid not null,
    address         text not null,
    channel         text not null,
    purpose         text not null,
    level           text not null check (level in ('express', 'express_written')),
    source          text not null,
    proof           jsonb not null default '{}',
    given_at        timestamptz not null,
    expires_at      timestamptz,
    revoked_at      timestamptz,
    primary key (organization_id, consent_id)
);
create index consents_address on consents (address, organization_id);

-- One row per try to reach a person, whatever campaign, channel or retry caused it.
create table attempts (
    organization_id uuid not null,
    attempt_id      uuid not null,
    address         text not null,
    lead_id         uuid not null,
    channel         text not null,
    delivery_id     uuid not null,
    at              timestamptz not null,
    primary key (organization_id, attempt_id)
);
create index attempts_address on attempts (address, at, organization_id);

create table account_managers (
    organization_id uuid not null references organizations,
    manager_id      uuid not null,
    name            text not null,
    email           text not null,
    zone            text not null,
    hours           text not null,                 -- "Mon-Fri 09:00-17:00", in the manager's zone
    primary key (organization_id, manager_id),
    unique (organization_id, email)
);

create table meetings (
    organization_id uuid not null,
    meeting_id      uuid not null,
    manager_id      uuid not null,
    lead_id         uuid not null,
    conversation_id uuid not null,
    span            tstzrange not null,            -- the meeting itself
    blocked         tstzrange not null,            -- with its buffers: what the manager's time is blocked for
    state           text not null check (state in ('held', 'booked', 'cancelled', 'expired')),
    hold_until      timestamptz,
    sequence        integer not null default 0,    -- of the invitation (RFC 5545)
    title           text not null,
    lead_zone       text not null,
    confirmed_at    timestamptz,                   -- when the lead said yes, before it was booked
    created_at      timestamptz not null,
    updated_at      timestamptz not null,
    primary key (organization_id, meeting_id),
    foreign key (organization_id, manager_id) references account_managers,
    foreign key (organization_id, conversation_id) references conversations,
    constraint meetings_free_time exclude using gist
        (organization_id with =, manager_id with =, blocked with &&) where (state in ('held', 'booked')),
    constraint meetings_one_per_conversation exclude using gist
        (organization_id with =, conversation_id with =) where (state in ('held', 'booked')),
    check (state <> 'booked' or confirmed_at is not null)
);

do $$
declare
    name text;
begin
    foreach name in array array['organizations', 'users', 'bindings', 'playbook_versions', 'campaigns', 'leads',
        'import_rows', 'conversations', 'messages', 'webhooks', 'events', 'mailboxes', 'turns', 'steps', 'permits',
        'permit_heads', 'deliveries', 'suppressions', 'consents', 'attempts', 'account_managers', 'meetings']
    loop
        execute format('alter table %I enable row level security', name);
        execute format('create policy own_organization on %I to overture_engine
                        using (organization_id = (select current_organization()))
                        with check (organization_id = (select current_organization()))', name);
        execute format('grant select, insert, update, delete on %I to overture_engine', name);
    end loop;
end $$;

-- A permit is written once and never changed.
revoke update, delete on permits from overture_engine;

-- Claiming crosses organizations: the only functions that do. Each leases at most `most` rows. In PL/pgSQL, whose plans
-- are kept per session; a function in SQL would be planned anew at each call.

-- Oldest first while there are fewer than `most`; otherwise the organizations take turns, so that the backlog of one does
-- not delay another's reply.
create function claim_mailboxes(at timestamptz, lease interval, worker_name text, most integer, full_ones uuid[])
    returns table (organization_id uuid, conversation_id uuid, fence bigint)
    language plpgsql security definer set search_path = public, pg_temp
as $$
#variable_conflict use_column
declare
    waiting integer;
begin
    select count(*) into waiting
    from (select from mailboxes m
          where m.wake_at <= at and (m.lease_until is null or m.lease_until <= at)
            and not m.organization_id = any(full_ones)
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
              and not m.organization_id = any(full_ones)
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
        from owners o
        cross join lateral (
            select m.organization_id, m.conversation_id, m.wake_at
            from mailboxes m
            where m.organization_id = o.organization_id and m.wake_at <= at
              and (m.lease_until is null or m.lease_until <= at)
              and not m.organization_id = any(full_ones)
            order by m.wake_at
            limit most
            for no key update skip locked) x
        where o.organization_id is not null
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

create function renew_leases(at timestamptz, lease interval, organizations uuid[], conversations uuid[], fences bigint[])
    returns void
    language plpgsql security definer set search_path = public, pg_temp
as $$
begin
    update mailboxes m set lease_until = at + lease
    from unnest(organizations, conversations, fences) as g (organization_id, conversation_id, fence)
    where m.organization_id = g.organization_id and m.conversation_id = g.conversation_id and m.fence = g.fence
      and m.lease_until is not null;
end $$;

-- Due deliveries become `sending` before the carrier is called; one left in `sending` past its lease is `unknown`.
create function claim_deliveries(at timestamptz, lease interval, most integer)
    returns table (organization_id uuid, delivery_id uuid, was text)
    language plpgsql security definer set search_path = public, pg_temp
as $$
#variable_conflict use_column
begin
    return query
    with due as materialized (
        select d.organization_id, d.delivery_id, d.state, d.due_at
        from deliveries d
        where d.state in ('due', 'unknown') and d.due_at <= at
        order by d.due_at, d.organization_id, d.delivery_id
        limit most
        for no key update skip locked
    ), left_behind as materialized (
        select d.organization_id, d.delivery_id, d.state, d.due_at
        from deliveries d
        where d.state = 'sending' and d.updated_at <= at - lease
        order by d.updated_at
        limit most
        for no key update skip locked
    ), both_kinds as (
        select * from due union all select * from left_behind
    ), taken as (
        update deliveries d
        set state = 'sending', updated_at = at
        from both_kinds due
        where d.organization_id = due.organization_id and d.delivery_id = due.delivery_id
        returning d.organization_id, d.delivery_id, case when due.state = 'due' then 'due' else 'unknown' end as was,
                  due.due_at
    )
    select taken.organization_id, taken.delivery_id, taken.was from taken
    order by taken.due_at, taken.organization_id, taken.delivery_id;
end $$;

-- When there is next something to do, over all organizations.
create function next_due(out mailbox timestamptz, out delivery timestamptz)
    language plpgsql stable security definer set search_path = public, pg_temp
as $$
begin
    select min(wake_at) into mailbox from mailboxes where wake_at is not null;
    select min(due_at) into delivery from deliveries where state in ('due', 'unknown');
end $$;

-- Whose binding a webhook address names.
create function organization_of_binding(binding uuid) returns uuid
    language plpgsql stable security definer set search_path = public, pg_temp
as $$
begin
    return (select b.organization_id from bindings b where b.binding_id = binding);
end $$;

revoke execute on function claim_mailboxes, renew_leases, claim_deliveries, next_due, organization_of_binding from public;
grant execute on function claim_mailboxes, renew_leases, claim_deliveries, next_due, organization_of_binding to overture_engine;
