select state from campaigns where organization_id = $1::uuid and campaign_id = $2::uuid for share
