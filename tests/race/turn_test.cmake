list(APPEND links overture_store overture_compliance)
