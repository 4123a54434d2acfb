list(APPEND links voice_manners)
