update meetings set state = 'expired', updated_at = $4::timestamptz
where organization_id = $1::uuid and manager_id = $2::uuid and meeting_id <> $3::uuid and state = 'held' and hold_until <= $4::timestamptz
