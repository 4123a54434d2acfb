-- sealed: $10 conversations.facts[] $11 conversations.memory[]
update conversations c
set stage = g.stage, state = g.state, reason = g.reason, language = g.language, sentiment = g.sentiment,
    channel = g.channel, facts = g.facts::jsonb, memory = g.memory::jsonb,
    message_count = c.message_count + g.messages, turn_count = g.turn_number, updated_at = $2::timestamptz
from unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::text[], $11::text[],
            $12::integer[], $13::integer[])
    as g (conversation_id, stage, state, reason, language, sentiment, channel, facts, memory, messages, turn_number)
where c.organization_id = $1::uuid and c.conversation_id = g.conversation_id and c.conversation_id = any($3::uuid[])
