update meetings set outcome = $3, updated_at = $4::timestamptz
where organization_id = $1::uuid and meeting_id = $2::uuid and state = 'booked' and lower(span) <= $4::timestamptz
