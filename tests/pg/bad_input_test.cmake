list(APPEND links overture_api)
cmake_language(DEFER CALL add_dependencies pg_bad_input_test plugin_sim)
