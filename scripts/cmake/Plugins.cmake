# overture_plugin(id SOURCES… LINKS…): a plugin folder at build/<preset>/plugins/<id>/ with <id>.so and plugin.json.
function(overture_plugin id)
  cmake_parse_arguments(PLUGIN "" "" "SOURCES;LINKS" ${ARGN})
  add_library(plugin_${id} MODULE ${PLUGIN_SOURCES})
  target_link_libraries(plugin_${id} PRIVATE overture_sdk ${PLUGIN_LINKS})
  set_target_properties(plugin_${id} PROPERTIES
    PREFIX "" OUTPUT_NAME ${id} LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/plugins/${id}
    C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  configure_file(${CMAKE_CURRENT_SOURCE_DIR}/plugin.json ${CMAKE_BINARY_DIR}/plugins/${id}/plugin.json COPYONLY)
  install(TARGETS plugin_${id} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/overture/plugins/${id})
  install(FILES plugin.json DESTINATION ${CMAKE_INSTALL_LIBDIR}/overture/plugins/${id})
endfunction()
