list(APPEND links Poco::Net Poco::Crypto)
