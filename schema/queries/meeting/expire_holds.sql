update meetings set state = 'expired', updated_at = $2::timestamptz
where organization_id = $1::uuid and state = 'held' and hold_until <= $2::timestamptz
