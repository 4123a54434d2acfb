-- sealed: $6 events.payload[]
with touch as (
    select t.event_id, t.conversation_id, t.due_at, t.dedupe_key, t.payload
    from unnest($2::uuid[], $3::uuid[], $4::timestamptz[], $5::text[], $6::text[])
        as t (event_id, conversation_id, due_at, dedupe_key, payload)
), posted as (
    insert into events (organization_id, event_id, conversation_id, kind, due_at, received_at, dedupe_key, payload)
    select $1::uuid, touch.event_id, touch.conversation_id, 'touch', touch.due_at, $7::timestamptz, touch.dedupe_key,
           touch.payload::jsonb
    from touch
    on conflict (organization_id, dedupe_key) do nothing
    returning conversation_id, due_at
)
update mailboxes m
set wake_at = least(m.wake_at, posted.due_at)
from posted
where m.organization_id = $1::uuid and m.conversation_id = posted.conversation_id
