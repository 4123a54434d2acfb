list(APPEND links openai_model overture_sdk_testing)
