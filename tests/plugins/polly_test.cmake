list(APPEND links polly_speech overture_sdk_testing)
