update events
set tries = tries + 1,
    dropped = case when tries + 1 >= $4::integer then $5 end,
    due_at = $6::timestamptz + interval '30 seconds' * (2 ^ least(tries, 8))
where organization_id = $1::uuid and conversation_id = $2::uuid and event_id = any($3::uuid[])
returning dropped is not null as dropped
