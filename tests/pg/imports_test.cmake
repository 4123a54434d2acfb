list(APPEND links overture_api)
