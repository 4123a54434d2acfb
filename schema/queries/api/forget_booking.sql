-- The conversation no longer knows of its meeting, and nobody is reminded of it. A turn at work is refused and begins again.
with reminders as (
    update events set dropped = 'the meeting was cancelled'
    where organization_id = $1::uuid and conversation_id = $2::uuid and kind = 'timer' and payload ? 'remind'
      and turn_number is null and dropped is null
)
update conversations
set memory = memory - '{booked,pending,hold,moving}'::text[], takeover_fence = takeover_fence + 1, updated_at = $3::timestamptz
where organization_id = $1::uuid and conversation_id = $2::uuid
