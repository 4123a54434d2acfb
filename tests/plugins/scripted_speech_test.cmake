list(APPEND links scripted_speech overture_sdk_testing)
