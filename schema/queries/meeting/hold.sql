-- sealed: $11 meetings.title
insert into meetings (organization_id, meeting_id, manager_id, lead_id, conversation_id, span, blocked, state, hold_until,
                      title, lead_zone, created_at, updated_at)
values ($1::uuid, $2::uuid, $3::uuid, $4::uuid, $5::uuid, tstzrange($6::timestamptz, $7::timestamptz),
        tstzrange($8::timestamptz, $9::timestamptz), 'held', $10::timestamptz, $11, $12, $13::timestamptz, $13::timestamptz)
