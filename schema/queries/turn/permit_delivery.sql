update deliveries set permit_id = $3::uuid, tries = tries + 1, updated_at = $4::timestamptz
where organization_id = $1::uuid and delivery_id = $2::uuid and state = 'sending'
