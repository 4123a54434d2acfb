list(APPEND links overture_feed overture_turn Poco::Net)
