update campaigns
set state = $3, state_since = $4::timestamptz, starts_at = coalesce($5::timestamptz, starts_at),
    ends_at = coalesce($6::timestamptz, ends_at)
where organization_id = $1::uuid and campaign_id = $2::uuid
