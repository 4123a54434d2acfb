delete from campaign_shadows where organization_id = $1::uuid and campaign_id = $2::uuid
