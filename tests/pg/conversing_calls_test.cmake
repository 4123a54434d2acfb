list(APPEND links overture_service overture_agent)
cmake_language(DEFER CALL add_dependencies pg_conversing_calls_test plugin_twilio plugin_voice plugin_scripted-speech
               plugin_openai-speech)
