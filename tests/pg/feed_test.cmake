list(APPEND links overture_turn)
