list(APPEND links overture_rehearsal)
