list(APPEND links sms_manners)
