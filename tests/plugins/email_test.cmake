list(APPEND links email_manners)
