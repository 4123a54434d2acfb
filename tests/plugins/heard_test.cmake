list(APPEND links overture_plugin aws_common)
cmake_language(DEFER CALL add_dependencies plugins_heard_test plugin_sms plugin_scripted-speech plugin_deepgram
  plugin_transcribe plugin_openai-speech)
