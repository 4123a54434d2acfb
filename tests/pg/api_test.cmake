list(APPEND links overture_turn)
cmake_language(DEFER CALL add_dependencies pg_api_test plugin_sim)
