update forms set closed_at = $3::timestamptz
where organization_id = $1::uuid and form_id = $2::uuid and closed_at is null
