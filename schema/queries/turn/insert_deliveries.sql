-- sealed: $11 deliveries.text[] $12 deliveries.parts[]
insert into deliveries (organization_id, delivery_id, conversation_id, lead_id, turn_number, channel, binding_id, sender,
                        recipient, text, parts, state, due_at, permit_id, takeover_fence, tries, note, good_until, created_at,
                        updated_at)
select $1::uuid, g.delivery_id, g.conversation_id, g.lead_id, g.turn_number, g.channel, g.binding_id, g.sender, g.recipient,
       g.text, g.parts::jsonb, g.state, g.due_at, g.permit_id, g.takeover_fence, g.tries, g.note, g.good_until, $2::timestamptz,
       $2::timestamptz
from unnest($3::uuid[], $4::uuid[], $5::uuid[], $6::integer[], $7::text[], $8::uuid[], $9::text[], $10::text[], $11::text[],
            $12::text[], $13::text[], $14::timestamptz[], $15::uuid[], $16::bigint[], $17::integer[],
            $18::text[], $19::timestamptz[])
    as g (delivery_id, conversation_id, lead_id, turn_number, channel, binding_id, sender, recipient, text, parts, state,
          due_at, permit_id, takeover_fence, tries, note, good_until)
