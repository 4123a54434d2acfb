list(APPEND links overture_plugin s3_storage aws_common overture_sdk_testing OpenSSL::Crypto)
cmake_language(DEFER CALL add_dependencies plugins_s3_test plugin_s3)
