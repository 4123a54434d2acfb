# overture_room(NAME USES room… LINKS target…): one static library per folder of core/. USES is the room's
# whole list of what it may include; scripts/check_layers reads these same lines and proves them.
function(overture_room name)
  cmake_parse_arguments(ROOM "" "" "USES;LINKS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cpp)
  if(NOT sources)
    add_library(overture_${name} INTERFACE)
    set(scope INTERFACE)
  else()
    add_library(overture_${name} STATIC ${sources})
    set_target_properties(overture_${name} PROPERTIES UNITY_BUILD ${OVERTURE_UNITY} UNITY_BUILD_BATCH_SIZE 6)
    set(scope PUBLIC)
  endif()
  target_include_directories(overture_${name} ${scope} ${PROJECT_SOURCE_DIR}/core)
  list(TRANSFORM ROOM_USES PREPEND overture_)
  target_link_libraries(overture_${name} ${scope} ${ROOM_USES} ${ROOM_LINKS})
endfunction()

# overture_headers_first(TARGET): what almost every file of TARGET reads is read once for all of them, where OVERTURE_UNITY
# asks for builds made once and the files cannot be compiled together.
function(overture_headers_first target)
  if(OVERTURE_UNITY)
    set_target_properties(${target} PROPERTIES UNITY_BUILD OFF)
    target_precompile_headers(${target} PRIVATE
      ${PROJECT_SOURCE_DIR}/core/base/json.hpp ${PROJECT_SOURCE_DIR}/core/base/text.hpp ${PROJECT_SOURCE_DIR}/core/base/time.hpp
      <algorithm> <filesystem> <functional> <iostream> <map> <optional> <set> <string> <vector>)
  endif()
endfunction()
