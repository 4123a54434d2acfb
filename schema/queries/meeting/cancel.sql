update meetings set state = 'cancelled', hold_until = null, sequence = sequence + 1, updated_at = $3::timestamptz
where organization_id = $1::uuid and meeting_id = $2::uuid and state in ('held', 'booked')
