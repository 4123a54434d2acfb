list(APPEND links overture_service)
cmake_language(DEFER CALL add_dependencies pg_asked_calls_test plugin_vapi plugin_voice)
