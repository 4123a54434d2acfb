list(APPEND links overture_compliance)
cmake_language(DEFER CALL add_dependencies scenarios_person_test overture)
