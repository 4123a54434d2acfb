list(APPEND links scripted_model)
