list(APPEND links overture_sdk)
