list(APPEND links OpenSSL::Crypto)
cmake_language(DEFER CALL add_dependencies pg_service_test plugin_sim plugin_twilio plugin_smtp plugin_email plugin_sendgrid plugin_meta)
