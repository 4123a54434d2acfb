insert into deliveries (organization_id, delivery_id, conversation_id, lead_id, turn_number, channel, binding_id, sender,
                        recipient, text, parts, state, due_at, permit_id, takeover_fence, created_at, updated_at)
values ($1::uuid, $2::uuid, $3::uuid, $4::uuid, $5::integer, $6, $7::uuid, $8, $9, $10, $11::jsonb, 'due',
        $12::timestamptz, $13::uuid, $14::bigint, $15::timestamptz, $15::timestamptz)
