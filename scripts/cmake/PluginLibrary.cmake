# What the project's own plugins and those of others share; installed with the SDK.
# overture_plugin_library(id FOLDER dir SOURCES… LINKS…): target plugin_<id>, a plugin folder at dir with <id>.so and plugin.json,
# exporting one symbol. Expects OVERTURE_PLUGIN_MAP and the target OVERTURE_PLUGIN_SDK.

# plugin.json's capabilities as C strings with commas, for OVERTURE_PLUGIN in C++.
function(overture_plugin_capabilities manifest result)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${manifest})
  file(READ ${manifest} text)
  string(JSON count LENGTH "${text}" capabilities)
  math(EXPR last "${count} - 1")
  foreach(index RANGE ${last})
    string(JSON capability GET "${text}" capabilities ${index})
    list(APPEND names "\"${capability}\"")
  endforeach()
  list(JOIN names "," names)
  set(${result} ${names} PARENT_SCOPE)
endfunction()

function(overture_plugin_library id)
  cmake_parse_arguments(PLUGIN "" "FOLDER" "SOURCES;LINKS" ${ARGN})
  add_library(plugin_${id} MODULE ${PLUGIN_SOURCES})
  target_link_libraries(plugin_${id} PRIVATE ${OVERTURE_PLUGIN_SDK} ${PLUGIN_LINKS})
  target_link_options(plugin_${id} PRIVATE -Wl,--version-script=${OVERTURE_PLUGIN_MAP})
  overture_plugin_capabilities(${CMAKE_CURRENT_SOURCE_DIR}/plugin.json capabilities)
  target_compile_definitions(plugin_${id} PRIVATE "OVERTURE_PLUGIN_CAPABILITIES=${capabilities}")
  set_target_properties(plugin_${id} PROPERTIES
    PREFIX "" OUTPUT_NAME ${id} LIBRARY_OUTPUT_DIRECTORY ${PLUGIN_FOLDER} LINK_DEPENDS ${OVERTURE_PLUGIN_MAP}
    C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  configure_file(${CMAKE_CURRENT_SOURCE_DIR}/plugin.json ${PLUGIN_FOLDER}/plugin.json COPYONLY)
  if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/conformance.json)  # for `overture plugin check`; not installed
    configure_file(${CMAKE_CURRENT_SOURCE_DIR}/conformance.json ${PLUGIN_FOLDER}/conformance.json COPYONLY)
  endif()
endfunction()
