list(APPEND links overture_agent overture_campaign)
