list(APPEND links overture_net)
