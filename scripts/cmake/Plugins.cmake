# overture_plugin(id SOURCES… LINKS… [FOLDER dir]): a plugin folder at build/<preset>/plugins/<id>/ with <id>.so and
# plugin.json, exporting one symbol. With FOLDER it is built there and not installed (fixtures, examples).
set(OVERTURE_PLUGIN_MAP ${CMAKE_CURRENT_LIST_DIR}/plugin.map)
set(OVERTURE_PLUGIN_SDK overture_sdk)
include(${CMAKE_CURRENT_LIST_DIR}/PluginLibrary.cmake)

function(overture_plugin id)
  cmake_parse_arguments(PLUGIN "" "FOLDER" "SOURCES;LINKS" ${ARGN})
  set(folder ${PLUGIN_FOLDER})
  if(NOT folder)
    set(folder ${CMAKE_BINARY_DIR}/plugins/${id})
  endif()
  overture_plugin_library(${id} FOLDER ${folder} SOURCES ${PLUGIN_SOURCES} LINKS ${PLUGIN_LINKS})
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
