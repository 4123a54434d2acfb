list(APPEND links Poco::Net Poco::Crypto smtp_carrier overture_sdk_testing)
