# The example is compiled into the test: a plugin's own tests need neither the engine nor a loader.
add_library(example_acme OBJECT ${PROJECT_SOURCE_DIR}/plugins/sdk/template/acme/carrier.cpp)
target_link_libraries(example_acme PRIVATE overture_sdk)
set(links overture_sdk_testing example_acme)
