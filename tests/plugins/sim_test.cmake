list(APPEND links sim_carrier overture_sdk_testing)
