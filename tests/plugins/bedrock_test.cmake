list(APPEND links bedrock_model overture_sdk_testing)
