update deliveries
set state = case
        when state in ('delivered', 'failed', 'undelivered', 'cancelled') then state
        when $3 in ('delivered', 'read') then 'delivered'
        when $3 in ('failed', 'undelivered') then $3
        else state end,
    note = case when $3 in ('failed', 'undelivered') then $4 else note end,
    updated_at = $5::timestamptz
where organization_id = $1::uuid and delivery_id = $2::uuid
