list(APPEND links overture_agent)
