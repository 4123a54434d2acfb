-- Organizations that hold all the places they may have are left out before their mailboxes are looked at: with a hundred thousand
-- due ones of such a neighbour, each claim of the others read all of them.
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

alter function claim_deliveries(timestamptz, interval, integer)
    set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off;
alter function renew_leases(timestamptz, interval, uuid[], uuid[], bigint[])
    set enable_seqscan = off set enable_bitmapscan = off set enable_hashjoin = off set enable_mergejoin = off;
