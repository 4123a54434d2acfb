-- The conversation knows of its meeting's other time, and reminders come as long before it as before.
with reminders as (
    update events set due_at = due_at + ($5::timestamptz - $4::timestamptz)
    where organization_id = $1::uuid and conversation_id = $2::uuid and kind = 'timer' and payload ? 'remind'
      and turn_number is null and dropped is null
    returning due_at
), woken as (
    update mailboxes set wake_at = least(wake_at, (select min(due_at) from reminders))
    where organization_id = $1::uuid and conversation_id = $2::uuid
)
update conversations
set memory = case when memory ? 'booked' then jsonb_set(memory, '{booked}', (memory -> 'booked') || $6::jsonb) else memory end,
    takeover_fence = takeover_fence + 1, updated_at = $3::timestamptz
where organization_id = $1::uuid and conversation_id = $2::uuid
