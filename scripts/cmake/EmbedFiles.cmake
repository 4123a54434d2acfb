# overture_embed(room PATTERN…): the files of core/<room>/ that match become "embedded/<room>.hpp", an array of
# {path inside the room, bytes}, so that the program carries its data. Changed files rebuild it.
if(CMAKE_SCRIPT_MODE_FILE)
  set(text "#pragma once\n#include <string_view>\n\nnamespace overture::${ROOM} {\n")
  string(APPEND text "struct EmbeddedFile {\n    std::string_view path, bytes;\n};\ninline constexpr EmbeddedFile kEmbedded[] = {\n")
  foreach(pattern IN LISTS PATTERNS)
    file(GLOB files RELATIVE ${FOLDER} ${FOLDER}/${pattern})
    list(SORT files)
    foreach(file IN LISTS files)
      file(READ ${FOLDER}/${file} bytes)
      string(APPEND text "    {\"${file}\", R\"embedded(${bytes})embedded\"},\n")
    endforeach()
  endforeach()
  file(WRITE ${OUTPUT} "${text}};\n}  // namespace overture::${ROOM}\n")
  return()
endif()

function(overture_embed room)
  set(folder ${CMAKE_CURRENT_SOURCE_DIR}/${room})
  set(header ${CMAKE_BINARY_DIR}/generated/embedded/${room}.hpp)
  list(TRANSFORM ARGN PREPEND ${folder}/ OUTPUT_VARIABLE globs)
  file(GLOB files CONFIGURE_DEPENDS ${globs})
  string(REPLACE ";" "$<SEMICOLON>" patterns "${ARGN}")
  add_custom_command(OUTPUT ${header}
    COMMAND ${CMAKE_COMMAND} -DROOM=${room} -DFOLDER=${folder} "-DPATTERNS=${patterns}" -DOUTPUT=${header}
            -P ${PROJECT_SOURCE_DIR}/scripts/cmake/EmbedFiles.cmake
    DEPENDS ${files} ${PROJECT_SOURCE_DIR}/scripts/cmake/EmbedFiles.cmake VERBATIM)
  add_custom_target(overture_embedded_${room} DEPENDS ${header})
  add_dependencies(overture_${room} overture_embedded_${room})
  target_include_directories(overture_${room} PRIVATE ${CMAKE_BINARY_DIR}/generated)
endfunction()
