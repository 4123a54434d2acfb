list(APPEND links overture_net Poco::Net overture_sdk_testing)
cmake_language(DEFER CALL add_dependencies scenarios_peers_test overture shipped_plugins)
