insert into shadow_turns (organization_id, conversation_id, turn_number, version, state, asked_at)
values ($1::uuid, $2::uuid, $3::integer, $4, 'waiting', $5::timestamptz)
on conflict do nothing
