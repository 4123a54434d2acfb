-- Calls that are given to a person: to whom, when, and what came of it.
alter table calls
    add column transfer_to       text,
    add column transferred_at    timestamptz,
    add column transfer_ended_at timestamptz,
    add column transfer_outcome  text check (transfer_outcome in ('answered', 'busy', 'no_answer', 'failed', 'left'));

create function tell_transfer() returns trigger language plpgsql as $$
begin
    insert into feed (organization_id, written_by, position, at, topic, conversations, what)
    values (new.organization_id, pg_current_xact_id(), nextval('feed_positions'),
            coalesce(new.transfer_ended_at, new.transferred_at), 'call', array[new.conversation_id],
            jsonb_build_object('call', new.call_id, 'to', new.transfer_to, 'outcome', new.transfer_outcome));
    return null;
end $$;
create trigger tell_transfer after update of transferred_at, transfer_outcome on calls
    for each row when (new.transferred_at is not null
                       and (new.transferred_at is distinct from old.transferred_at
                            or new.transfer_outcome is distinct from old.transfer_outcome))
    execute function tell_transfer();

-- As before, and what becomes of a call that is given to a person.
create or replace function feed_since(organizations uuid[], life text, seen pg_snapshot, upto pg_snapshot, after_position bigint,
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
               when 'call' then
                   'call.' || case when n.what ->> 'outcome' is null then 'transferring'
                                   when n.what ->> 'outcome' = 'answered' then 'taken' else 'not_taken' end
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
