list(APPEND links overture_plugin)
cmake_language(DEFER CALL add_dependencies plugins_loaded_test plugin_sms plugin_sim plugin_twilio)
