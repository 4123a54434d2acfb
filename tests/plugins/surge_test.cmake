list(APPEND links surge_carrier overture_sdk_testing)
