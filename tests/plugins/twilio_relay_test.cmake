list(APPEND links twilio_carrier overture_sdk_testing)
