update meetings
set manager_id = $3::uuid, span = tstzrange($4::timestamptz, $5::timestamptz),
    blocked = tstzrange($6::timestamptz, $7::timestamptz), sequence = sequence + 1,
    confirmed_at = case when state = 'booked' then $8::timestamptz end,
    hold_until = case when state = 'held' then $9::timestamptz end, updated_at = $8::timestamptz
where organization_id = $1::uuid and meeting_id = $2::uuid and state in ('held', 'booked') and $4::timestamptz > $8::timestamptz
