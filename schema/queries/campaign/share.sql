select version, percent, since from campaign_shares where organization_id = $1::uuid and campaign_id = $2::uuid
