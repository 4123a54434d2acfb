list(APPEND links overture_plugin)
