list(APPEND links aws_common overture_sdk_testing)
