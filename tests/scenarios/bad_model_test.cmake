list(APPEND links Poco::Net)
