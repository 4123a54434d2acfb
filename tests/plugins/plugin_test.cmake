list(APPEND links overture_net)
cmake_language(DEFER CALL add_dependencies plugins_plugin_test broken_plugins plugin_plain_c plugin_acme)
