update endpoint_sends
set state = $3, tries = tries + 1, due_at = coalesce($4::timestamptz, due_at), lease_until = null, status = $5::integer, note = $6,
    done_at = case when $3 <> 'due' then $7::timestamptz end
where organization_id = $1::uuid and send_id = $2::uuid and state = 'due' and lease_until = $8::timestamptz
