list(APPEND links openrouter_model overture_sdk_testing)
