-- What is told to those who listen: written by triggers in the transaction of what it tells, so that no writer can forget it, and
-- never a person's words, which are read where they stand when it is told. All messages of one statement are one row: a set
-- of turns costs as much as a turn.
--
-- Order: positions are drawn before the commit, so a smaller one may appear after a larger. Readers therefore remember the
-- snapshot they have seen, not a position: what is not in it and is visible now is new, whichever transaction took how long.

create sequence feed_positions;

create table feed (
    organization_id uuid not null,
    written_by      xid8 not null,                 -- the transaction
    position        bigint not null,               -- drawn while what it tells is locked: right within each conversation
    at              timestamptz not null,
    topic           text not null,                 -- message, conversation, meeting, delivery, campaign
    conversations   uuid[] not null default '{}',
    numbers         integer[] not null default '{}',  -- of the messages, one for each conversation named
    what            jsonb not null default '{}',
    written_at      timestamptz not null default now(),  -- `at` is the time of what it tells, which may be any
    primary key (organization_id, written_by, position)
);
create index feed_written_by on feed (written_by);
alter table feed enable row level security;
create policy own_organization on feed to overture_engine
    using (organization_id = (select current_organization()))
    with check (organization_id = (select current_organization()));
grant select, insert on feed to overture_engine;
grant usage on sequence feed_positions to overture_engine;

create function tell_messages() returns trigger language plpgsql as $$
begin
    insert into feed (organization_id, written_by, position, at, topic, conversations, numbers)
    select w.organization_id, pg_current_xact_id(), nextval('feed_positions'), max(w.at), 'message',
           array_agg(w.conversation_id), array_agg(w.number)
    from written w
    group by w.organization_id;
    return null;
end $$;
create trigger tell_messages after insert on messages
    referencing new table as written for each statement execute function tell_messages();

-- Those that moved alike in one statement are one row: a campaign that is stopped with all its conversations is a few. Grouped, not
-- joined: a plan made for two rows would compare each with each of 25,000.
create function tell_conversations() returns trigger language plpgsql as $$
begin
    insert into feed (organization_id, written_by, position, at, topic, conversations, what)
    select m.organization_id, pg_current_xact_id(), nextval('feed_positions'), max(m.at), 'conversation',
           array_agg(m.conversation_id),
           jsonb_build_object('stage', m.stage, 'stage_before', m.stage_before, 'state', m.state, 'state_before', m.state_before)
    from (select x.organization_id, x.conversation_id, max(x.updated_at) filter (where x.is_new) as at,
                 max(x.stage) filter (where x.is_new) as stage, max(x.stage) filter (where not x.is_new) as stage_before,
                 max(x.state) filter (where x.is_new) as state, max(x.state) filter (where not x.is_new) as state_before
          from (select w.organization_id, w.conversation_id, w.updated_at, w.stage, w.state, false as is_new from were w
                union all
                select a.organization_id, a.conversation_id, a.updated_at, a.stage, a.state, true from are a) x
          group by x.organization_id, x.conversation_id) m
    where m.stage <> m.stage_before or m.state <> m.state_before
    group by m.organization_id, m.stage, m.stage_before, m.state, m.state_before;
    return null;
end $$;
create trigger tell_conversations after update on conversations
    referencing old table as were new table as are for each statement execute function tell_conversations();

create function tell_meeting() returns trigger language plpgsql as $$
begin
    insert into feed (organization_id, written_by, position, at, topic, conversations, what)
    values (new.organization_id, pg_current_xact_id(), nextval('feed_positions'), new.updated_at, 'meeting',
            array[new.conversation_id],
            jsonb_build_object('meeting', new.meeting_id, 'manager', new.manager_id, 'state', new.state,
                               'moved', tg_op = 'UPDATE' and new.state = old.state,
                               'starts_at', lower(new.span), 'ends_at', upper(new.span)));
    return null;
end $$;
create trigger tell_new_meeting after insert on meetings for each row execute function tell_meeting();
create trigger tell_meeting after update on meetings
    for each row when (new.state <> old.state or new.span <> old.span or new.manager_id <> old.manager_id)
    execute function tell_meeting();

create function tell_delivery() returns trigger language plpgsql as $$
begin
    insert into feed (organization_id, written_by, position, at, topic, conversations, what)
    values (new.organization_id, pg_current_xact_id(), nextval('feed_positions'), new.updated_at, 'delivery',
            array[new.conversation_id],
            jsonb_build_object('delivery', new.delivery_id, 'channel', new.channel, 'state', new.state, 'note', new.note));
    return null;
end $$;
create trigger tell_delivery after update of state on deliveries
    for each row when (new.state in ('failed', 'undelivered', 'held') and new.state <> old.state)
    execute function tell_delivery();

create function tell_campaign() returns trigger language plpgsql as $$
begin
    insert into feed (organization_id, written_by, position, at, topic, what)
    values (new.organization_id, pg_current_xact_id(), nextval('feed_positions'),
            coalesce(new.state_since, new.created_at), 'campaign',
            jsonb_build_object('campaign', new.campaign_id, 'name', new.name, 'state', new.state,
                               'state_before', case when tg_op = 'UPDATE' then old.state end));
    return null;
end $$;
create trigger tell_new_campaign after insert on campaigns for each row execute function tell_campaign();
create trigger tell_campaign after update of state on campaigns
    for each row when (new.state <> old.state) execute function tell_campaign();

-- The life of the database in which a snapshot means something: another cluster (a dump that was read back) counts its
-- transactions from elsewhere, and so may another timeline (a standby that took over).
create function feed_life() returns text
    language sql stable security definer set search_path = public, pg_temp
as $$
    select to_hex((select system_identifier from pg_control_system()))
           || left(pg_walfile_name(pg_current_wal_lsn()), 8)
$$;

-- One row for the installation: the cluster that wrote what the feed holds, and the last transaction of what was forgotten.
create table feed_kept (
    only_row  boolean primary key default true check (only_row),
    written_in bigint not null,
    forgotten xid8 not null
);
insert into feed_kept (written_in, forgotten) select system_identifier, '0' from pg_control_system();

-- After a dump was read back into another cluster its rows name transactions that are yet to come here: they go. True then.
create function settle_feed() returns boolean
    language plpgsql security definer set search_path = public, pg_temp
as $$
begin
    update feed_kept set written_in = c.system_identifier, forgotten = '0'
    from pg_control_system() c where written_in <> c.system_identifier;
    if not found then
        return false;
    end if;
    delete from feed;
    return true;
end $$;

-- What became visible between two snapshots, in order, of these organizations; `upto` null: until now. One row without an
-- organization comes when there is nothing, so that the life and the snapshot are known. A reader who is more than `furthest` rows or a
-- million transactions behind, or comes from another life, gets no row at all.
create function feed_since(organizations uuid[], life text, seen pg_snapshot, upto pg_snapshot, after_position bigint,
                           after_place bigint, most integer, furthest integer)
    returns table (now_life text, now_seen pg_snapshot, organization_id uuid, "position" bigint, place bigint, at timestamptz,
                   kind text, data jsonb)
    language plpgsql stable security definer set search_path = public, pg_temp
as $$
#variable_conflict use_column
declare
    horizon pg_snapshot := coalesce(upto, pg_current_snapshot());
    here text := feed_life();
    sought pg_snapshot := coalesce(seen, horizon);
    waiting integer;
begin
    if pg_snapshot_xmin(sought) <= (select forgotten from feed_kept) or life <> here or pg_snapshot_xmax(sought) > pg_snapshot_xmax(pg_current_snapshot())
       or pg_snapshot_xmax(sought)::text::bigint - pg_snapshot_xmin(sought)::text::bigint > 1000000 then
        return;
    end if;
    if organizations = '{}' or sought::text = horizon::text then
        return query select here, horizon, null::uuid, null::bigint, null::bigint, null::timestamptz, null::text, null::jsonb;
        return;
    end if;
    select count(*) into waiting
    from (select from feed f
          where f.organization_id = any(organizations) and f.written_by >= pg_snapshot_xmin(sought)
            and not pg_visible_in_snapshot(f.written_by, sought) and pg_visible_in_snapshot(f.written_by, horizon)
          limit furthest + 1) x;
    if waiting > furthest then
        return;
    end if;
    return query
    with new as materialized (
        select f.organization_id, f.position, coalesce(u.place, 1) as place, f.at, f.topic, f.what, u.conversation_id, u.number
        from feed f
        left join lateral unnest(f.conversations, f.numbers) with ordinality as u (conversation_id, number, place) on true
        where f.organization_id = any(organizations) and f.written_by >= pg_snapshot_xmin(sought)
          and not pg_visible_in_snapshot(f.written_by, sought) and pg_visible_in_snapshot(f.written_by, horizon)
          and (f.position, coalesce(u.place, 1)) > (after_position, after_place)
        order by f.position, coalesce(u.place, 1)
        limit most
    )
    select here, horizon, n.organization_id, n.position, n.place, n.at,
           case n.topic
               when 'message' then
                   case m.direction when 'in' then 'message.received' when 'out' then 'message.written' else 'message.noted' end
               when 'conversation' then
                   case when n.what ->> 'state' = n.what ->> 'state_before' then 'conversation.moved'
                        when n.what ->> 'state' = 'open' then 'conversation.reopened'
                        else 'conversation.' || (n.what ->> 'state') end
               when 'meeting' then
                   case when (n.what ->> 'moved')::boolean then 'meeting.moved' else 'meeting.' || (n.what ->> 'state') end
               when 'delivery' then 'delivery.' || (n.what ->> 'state')
               else 'campaign.' || case when n.what ->> 'state_before' is null then 'created' else n.what ->> 'state' end
           end,
           n.what - 'moved'
               || case when n.conversation_id is null then '{}' else
                      jsonb_build_object('conversation', n.conversation_id, 'campaign', c.campaign_id, 'lead', c.lead_id) end
               || case when n.topic = 'message' then
                      jsonb_build_object('number', n.number, 'direction', m.direction, 'author', m.author, 'channel', m.channel,
                                         'stage', m.stage, 'text', left(m.text, 4000),
                                         'text_cut', length(m.text) > 4000) else '{}' end
               || case when n.topic = 'conversation' then
                      jsonb_build_object('reason', case when c.state = n.what ->> 'state' then c.reason end) else '{}' end
    from (values (1)) as one (row)
    left join new n on true
    left join conversations c on c.organization_id = n.organization_id and c.conversation_id = n.conversation_id
    left join messages m on m.organization_id = n.organization_id and m.conversation_id = n.conversation_id
                            and m.number = n.number and n.topic = 'message'
    order by n.position, n.place;
end $$;

-- The beginning of what is kept goes; at most `most` rows.
create function forget_feed(before timestamptz, most integer) returns integer
    language plpgsql security definer set search_path = public, pg_temp
as $$
declare
    gone integer;
begin
    with oldest as (
        select f.organization_id, f.written_by, f.position, f.written_at from feed f order by f.written_by limit most
    ), forgotten as (
        delete from feed f using oldest o
        where f.organization_id = o.organization_id and f.written_by = o.written_by and f.position = o.position and o.written_at < before
        returning f.written_by
    ), floor as (
        update feed_kept k set forgotten = greatest(k.forgotten, f.last)
        from (select written_by as last from forgotten order by written_by desc limit 1) f
    )
    select count(*) into gone from forgotten;
    return gone;
end $$;

revoke execute on function feed_life, feed_since, forget_feed, settle_feed from public;
grant execute on function feed_life, feed_since, forget_feed, settle_feed to overture_engine;
