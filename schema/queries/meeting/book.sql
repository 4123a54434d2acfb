update meetings set state = 'booked', confirmed_at = $3::timestamptz, hold_until = null, updated_at = $3::timestamptz
where organization_id = $1::uuid and meeting_id = $2::uuid and state in ('held', 'expired') and lower(span) > $3::timestamptz
