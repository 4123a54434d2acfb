list(APPEND links anthropic_model overture_sdk_testing)
