select campaign_id from campaigns where organization_id = $1::uuid and (name = $2 or campaign_id::text = $2)
order by created_at
