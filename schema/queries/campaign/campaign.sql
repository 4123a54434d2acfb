select channels, starts_at, ends_at, pace from campaigns where organization_id = $1::uuid and campaign_id = $2::uuid
