list(APPEND links overture_api overture_agent overture_service)
cmake_language(DEFER CALL add_dependencies pg_sealing_test plugin_sim)
