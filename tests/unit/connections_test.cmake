list(APPEND links overture_service)
