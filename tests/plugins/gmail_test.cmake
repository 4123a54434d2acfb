list(APPEND links gmail_carrier email_manners overture_sdk_testing OpenSSL::Crypto)
