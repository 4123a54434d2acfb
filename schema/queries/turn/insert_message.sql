insert into messages (organization_id, conversation_id, number, direction, author, channel, text, stage, at, event_id,
                      delivery_id, details)
values ($1::uuid, $2::uuid, $3::integer, $4, $5, $6, $7, $8, $9::timestamptz, $10::uuid, $11::uuid, $12::jsonb)
