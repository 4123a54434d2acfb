list(APPEND links overture_api overture_agent overture_service)
cmake_language(DEFER CALL add_dependencies pg_setup_test plugin_sim plugin_smtp)
