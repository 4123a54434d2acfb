-- What waits, over all organizations, and which budgets are nearly used: for /metrics. Read from the ends of indexes; what is longer
-- than `most` is said to be so long.
create function figures(moment timestamptz, most integer)
    returns table (queue text, waiting bigint, oldest timestamptz)
    language plpgsql stable security definer set search_path = public, pg_temp
as $$
begin
    return query
    select 'turns'::text, count(*), min(x.wake_at)
    from (select m.wake_at from mailboxes m
          where m.wake_at <= moment and (m.lease_until is null or m.lease_until <= moment)
          order by m.wake_at limit most) x
    union all
    select 'deliveries', count(*), min(x.due_at)
    from (select d.due_at from deliveries d where d.state in ('due', 'unknown') and d.due_at <= moment order by d.due_at limit most) x
    union all
    select 'sends', count(*), min(x.due_at)
    from (select s.due_at from endpoint_sends s
          join endpoints e on e.organization_id = s.organization_id and e.endpoint_id = s.endpoint_id and e.state = 'on'
          where s.state = 'due' and s.due_at <= moment limit most) x
    union all
    select 'budgets_used', count(*), null
    from budgets b
    join budget_usage u on u.organization_id = b.organization_id and u.campaign_id = b.campaign_id
                           and u.day = case b.period when 'total' then '-infinity'::date else (moment at time zone 'UTC')::date end
    where b.scope in ('campaign', 'organization') and u.spent_micros + u.reserved_micros >= b.limit_micros * 0.95;
end $$;
revoke execute on function figures from public;
grant execute on function figures to overture_engine;
