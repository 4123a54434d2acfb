# overture_plugin(id SOURCES… LINKS… [FOLDER dir]): a plugin folder at build/<preset>/plugins/<id>/ with <id>.so and
# plugin.json, exporting one symbol. With FOLDER it is built there and not installed (fixtures, examples).
set(OVERTURE_PLUGIN_MAP ${CMAKE_CURRENT_LIST_DIR}/plugin.map)

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

function(overture_plugin id)
  cmake_parse_arguments(PLUGIN "" "FOLDER" "SOURCES;LINKS" ${ARGN})
  set(folder ${PLUGIN_FOLDER})
  if(NOT folder)
    set(folder ${CMAKE_BINARY_DIR}/plugins/${id})
  endif()
  add_library(plugin_${id} MODULE ${PLUGIN_SOURCES})
  target_link_libraries(plugin_${id} PRIVATE overture_sdk ${PLUGIN_LINKS})
  target_link_options(plugin_${id} PRIVATE -Wl,--version-script=${OVERTURE_PLUGIN_MAP})
  overture_plugin_capabilities(${CMAKE_CURRENT_SOURCE_DIR}/plugin.json capabilities)
  target_compile_definitions(plugin_${id} PRIVATE "OVERTURE_PLUGIN_CAPABILITIES=${capabilities}")
  set_target_properties(plugin_${id} PROPERTIES
    PREFIX "" OUTPUT_NAME ${id} LIBRARY_OUTPUT_DIRECTORY ${folder} LINK_DEPENDS ${OVERTURE_PLUGIN_MAP}
    C_VISIBILITY_PRESET hidden CXX_VISIBILITY_PRESET hidden VISIBILITY_INLINES_HIDDEN ON)
  configure_file(${CMAKE_CURRENT_SOURCE_DIR}/plugin.json ${folder}/plugin.json COPYONLY)
  if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/conformance.json)  # for `overture plugin check`; not installed
    configure_file(${CMAKE_CURRENT_SOURCE_DIR}/conformance.json ${folder}/conformance.json COPYONLY)
  endif()
  if(NOT PLUGIN_FOLDER)
    add_dependencies(shipped_plugins plugin_${id})
    set_property(GLOBAL APPEND PROPERTY OVERTURE_PLUGINS $<TARGET_FILE:plugin_${id}>)
    install(TARGETS plugin_${id} LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR}/overture/plugins/${id})
    install(FILES plugin.json DESTINATION ${CMAKE_INSTALL_LIBDIR}/overture/plugins/${id})
  endif()
endfunction()

# overture_plugin_prices(id): the folder's prices.json as "data/<id>.hpp", overture::<id>::data::prices, so that the plugin
# carries its table. Sets `prices`, a source of what includes it, and `prices_folder`, where it is included from.
function(overture_plugin_prices id)
  set(folder ${CMAKE_CURRENT_BINARY_DIR}/generated)
  set(header ${folder}/data/${id}.hpp)
  add_custom_command(OUTPUT ${header}
    COMMAND ${CMAKE_COMMAND} -DNAMESPACE=overture::${id}::data -DFOLDER=${CMAKE_CURRENT_SOURCE_DIR} -DPATTERN=prices.json
            -DOUTPUT=${header} -P ${PROJECT_SOURCE_DIR}/scripts/cmake/Embed.cmake
    DEPENDS prices.json ${PROJECT_SOURCE_DIR}/scripts/cmake/Embed.cmake)
  set(prices ${header} PARENT_SCOPE)
  set(prices_folder ${folder} PARENT_SCOPE)
endfunction()
