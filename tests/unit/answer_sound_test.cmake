list(APPEND links overture_call)
