list(APPEND links deepgram_speech overture_sdk_testing)
