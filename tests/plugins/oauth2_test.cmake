list(APPEND links overture_plugin overture_sdk_testing)
