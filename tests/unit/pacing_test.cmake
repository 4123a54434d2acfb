list(APPEND links overture_campaign)
