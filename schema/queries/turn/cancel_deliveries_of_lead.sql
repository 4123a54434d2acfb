update deliveries set state = 'cancelled', note = $3, updated_at = $4::timestamptz
where organization_id = $1::uuid and lead_id = $2::uuid and state in ('due', 'held')
