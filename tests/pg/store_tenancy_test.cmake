list(APPEND links overture_store)
