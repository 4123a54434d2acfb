list(APPEND links ses_carrier overture_sdk_testing OpenSSL::Crypto)
