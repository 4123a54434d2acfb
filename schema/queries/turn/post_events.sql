-- sealed: $8 events.payload[]
-- A text waits a little for the next one: all that wait for an answer wait until the same moment.
with given as (
    select *
    from unnest($2::uuid[], $3::uuid[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::text[], $8::text[],
                $9::interval[], $10::interval[])
        as g (event_id, conversation_id, kind, due_at, received_at, dedupe_key, payload, quiet, most)
), waiting as (
    select e.conversation_id, count(*) as messages, min(e.received_at) as since
    from events e
    where e.organization_id = $1::uuid and e.kind = 'message' and e.turn_number is null and e.dropped is null
      and e.conversation_id in (select g.conversation_id from given g where g.quiet > interval '0')
    group by e.conversation_id
), posted as (
    insert into events (organization_id, event_id, conversation_id, kind, due_at, received_at, dedupe_key, payload)
    select $1::uuid, g.event_id, g.conversation_id, g.kind,
           least(g.due_at + g.quiet * (1 + coalesce(w.messages, 0)),
                 greatest(coalesce(w.since, g.received_at) + g.most, g.due_at)),
           g.received_at, g.dedupe_key, g.payload::jsonb
    from given g
    left join waiting w on w.conversation_id = g.conversation_id
    on conflict do nothing
    returning event_id, conversation_id, due_at
), held as (
    update events e
    set due_at = p.due_at
    from posted p
    join waiting w on w.conversation_id = p.conversation_id
    where e.organization_id = $1::uuid and e.conversation_id = p.conversation_id and e.kind = 'message'
      and e.turn_number is null and e.dropped is null and e.due_at < p.due_at
), woken as (
    insert into mailboxes (organization_id, conversation_id, wake_at)
    select $1::uuid, p.conversation_id, min(p.due_at)
    from posted p
    group by p.conversation_id
    order by p.conversation_id
    on conflict (organization_id, conversation_id)
    do update set wake_at = least(mailboxes.wake_at, excluded.wake_at)
)
select event_id from posted
