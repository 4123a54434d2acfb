list(APPEND links smtp_carrier email_manners overture_sdk_testing Poco::Net)
