list(APPEND links gemini_model overture_sdk_testing)
