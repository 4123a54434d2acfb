list(APPEND links overture_compliance)
