with posted as (
    insert into events (organization_id, event_id, conversation_id, kind, due_at, received_at, dedupe_key, payload)
    select $1::uuid, g.event_id, g.conversation_id, g.kind, g.due_at, g.received_at, g.dedupe_key, g.payload::jsonb
    from unnest($2::uuid[], $3::uuid[], $4::text[], $5::timestamptz[], $6::timestamptz[], $7::text[], $8::text[])
        as g (event_id, conversation_id, kind, due_at, received_at, dedupe_key, payload)
    on conflict do nothing
    returning event_id, conversation_id, due_at
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
