-- sealed: $7 messages.text[] $12 messages.details[]
insert into messages (organization_id, conversation_id, number, direction, author, channel, text, stage, at, event_id,
                      delivery_id, details)
select $1::uuid, g.conversation_id, g.number, g.direction, g.author, g.channel, g.text, g.stage, g.at, g.event_id,
       g.delivery_id, g.details::jsonb
from unnest($2::uuid[], $3::integer[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::timestamptz[],
            $10::uuid[], $11::uuid[], $12::text[])
    as g (conversation_id, number, direction, author, channel, text, stage, at, event_id, delivery_id, details)
