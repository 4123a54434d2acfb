list(APPEND links overture_turn overture_compliance)
