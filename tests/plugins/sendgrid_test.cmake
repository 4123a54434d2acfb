list(APPEND links sendgrid_carrier email_manners overture_sdk_testing OpenSSL::Crypto)
