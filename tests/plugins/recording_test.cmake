list(APPEND links overture_plugin overture_sdk_testing ${CMAKE_DL_LIBS})
cmake_language(DEFER CALL add_dependencies plugins_recording_test plugin_acme)
