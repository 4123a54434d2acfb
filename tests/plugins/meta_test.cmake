list(APPEND links meta_carrier overture_sdk_testing)
