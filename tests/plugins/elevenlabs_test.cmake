list(APPEND links elevenlabs_speech overture_sdk_testing)
