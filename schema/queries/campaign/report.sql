-- Everybody of a campaign, read once: how far they came, by version, stage and channel; and when, from $3 on, in quarters of an hour, which
-- make up the days of any zone. A subquery for each person is answered by an index; all that was ever said is never read.
with people as materialized (
    select c.conversation_id, c.version, c.stage, c.channel, c.state, c.reason like '%opted out%' as opted_out,
           (select m.at from messages m
            where m.organization_id = c.organization_id and m.conversation_id = c.conversation_id and m.number = 1
              and m.direction = 'out') as touched_at,
           (select min(m.at) from messages m
            where m.organization_id = c.organization_id and m.conversation_id = c.conversation_id
              and m.direction = 'in') as replied_at
    from conversations c
    where c.organization_id = $1::uuid and c.campaign_id = $2::uuid
), met as materialized (
    select g.conversation_id, min(g.created_at) filter (where g.state = 'booked') as booked_at,
           bool_or(g.state = 'cancelled') and not bool_or(g.state = 'booked') as cancelled,
           bool_or(g.state = 'booked' and coalesce(g.outcome, '') = 'took_place') as took_place,
           bool_or(g.state = 'booked' and coalesce(g.outcome, '') = 'no_show') as no_show
    from meetings g
    where g.organization_id = $1::uuid and g.state in ('booked', 'cancelled')
    group by g.conversation_id
), spent as materialized (
    select s.conversation_id, sum(s.cost_micros) as micros
    from steps s
    where s.organization_id = $1::uuid and s.cost_micros > 0
      and s.started_at >= (select k.created_at from campaigns k
                           where k.organization_id = $1::uuid and k.campaign_id = $2::uuid)
    group by s.conversation_id
), figures as materialized (
    select p.*, g.booked_at, coalesce(g.cancelled, false) as cancelled, coalesce(g.took_place, false) as took_place,
           coalesce(g.no_show, false) as no_show, coalesce(s.micros, 0) as micros
    from people p
    left join met g on g.conversation_id = p.conversation_id
    left join spent s on s.conversation_id = p.conversation_id
)
select x.part, x.name, null::timestamptz as at, count(*) as people, count(f.touched_at) as touched, count(f.replied_at) as replied,
       count(f.booked_at) as booked, count(*) filter (where f.took_place) as took_place,
       count(*) filter (where f.no_show) as no_show, count(*) filter (where f.cancelled) as cancelled,
       count(*) filter (where f.opted_out) as opted_out, count(*) filter (where f.state = 'held') as held,
       count(*) filter (where f.state = 'closed') as closed, sum(f.micros)::bigint as cost_micros
from figures f
cross join lateral (values ('all', ''), ('version', f.version), ('stage', f.stage), ('channel', f.channel)) as x (part, name)
group by x.part, x.name
union all
select 'time', '', date_bin('15 minutes', w.at, '2000-01-01Z'), 0, count(*) filter (where w.what = 'touched'),
       count(*) filter (where w.what = 'replied'), count(*) filter (where w.what = 'booked'), 0, 0, 0, 0, 0, 0, 0
from figures f
cross join lateral (values ('touched', f.touched_at), ('replied', f.replied_at), ('booked', f.booked_at)) as w (what, at)
where w.at >= $3::timestamptz
group by 3
order by 1, 3, 4 desc, 2
