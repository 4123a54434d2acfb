insert into turns (organization_id, conversation_id, turn_number, fence, state, opened_at, opened)
values ($1::uuid, $2::uuid, $3::integer, $4::bigint, 'open', $5::timestamptz, $6::jsonb)
