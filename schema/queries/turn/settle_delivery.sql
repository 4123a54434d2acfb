update deliveries
set state = $3, reference = coalesce($4, reference), note = $5, due_at = coalesce($6::timestamptz, due_at),
    sent_at = coalesce(sent_at, $7::timestamptz), updated_at = $8::timestamptz
where organization_id = $1::uuid and delivery_id = $2::uuid and state = 'sending'
