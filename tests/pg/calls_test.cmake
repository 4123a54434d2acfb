list(APPEND links overture_service)
cmake_language(DEFER CALL add_dependencies pg_calls_test plugin_twilio plugin_voice plugin_scripted-speech)
