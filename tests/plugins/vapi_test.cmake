list(APPEND links vapi_carrier overture_sdk_testing)
