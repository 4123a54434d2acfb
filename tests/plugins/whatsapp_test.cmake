list(APPEND links whatsapp_manners overture_sdk_testing)
