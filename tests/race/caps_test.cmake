list(APPEND links overture_turn overture_compliance overture_store)
