list(APPEND links openai-speech_speech overture_sdk_testing)
