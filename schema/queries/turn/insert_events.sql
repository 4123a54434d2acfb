-- sealed: $8 events.payload[]
insert into events (organization_id, event_id, conversation_id, kind, due_at, received_at, dedupe_key, payload)
select $1::uuid, g.event_id, g.conversation_id, g.kind, g.due_at, $2::timestamptz, g.dedupe_key, g.payload::jsonb
from unnest($3::uuid[], $4::uuid[], $5::text[], $6::timestamptz[], $7::text[], $8::text[])
    as g (event_id, conversation_id, kind, due_at, dedupe_key, payload)
on conflict do nothing
