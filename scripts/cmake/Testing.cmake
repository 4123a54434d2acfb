# overture_test(name SOURCES… LINKS… [LABELS…]): one GoogleTest program, one ctest entry: its cases share what is dear to
# start (a PostgreSQL, a whole rehearsal).
find_package(GTest QUIET)
function(overture_test name)
  cmake_parse_arguments(TEST "" "" "SOURCES;LINKS;LABELS" ${ARGN})
  add_executable(${name} ${TEST_SOURCES})
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/core ${PROJECT_SOURCE_DIR}/tests)
  target_link_libraries(${name} PRIVATE ${TEST_LINKS} GTest::gtest GTest::gmock GTest::gtest_main)
  target_compile_definitions(${name} PRIVATE
    OVERTURE_SOURCE_DIR="${PROJECT_SOURCE_DIR}" OVERTURE_BUILD_DIR="${CMAKE_BINARY_DIR}")
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  if(TARGET overture_test_headers AND overture_base IN_LIST TEST_LINKS)
    target_precompile_headers(${name} REUSE_FROM overture_test_headers)
    set_target_properties(${name} PROPERTIES POSITION_INDEPENDENT_CODE OFF)
  endif()
  add_test(NAME ${name} COMMAND ${name} --gtest_brief=1)
  set_tests_properties(${name} PROPERTIES TIMEOUT 900 LABELS "${TEST_LABELS}")
endfunction()
