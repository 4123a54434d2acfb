# Writes files into a header as text constants, so that a program carries them: prompts/csr.md becomes
# <NAMESPACE>::csr in OUTPUT. Each text keeps its bytes.
# Run as: cmake -DNAMESPACE=… -DFOLDER=… -DPATTERN=*.md -DOUTPUT=… -P Embed.cmake
file(GLOB files ${FOLDER}/${PATTERN})
list(SORT files)
set(text "#pragma once\n#include <string_view>\n\nnamespace ${NAMESPACE} {\n")
foreach(file IN LISTS files)
  get_filename_component(name ${file} NAME_WE)
  file(READ ${file} content)
  string(APPEND text "inline constexpr std::string_view ${name} = R\"embedded(${content})embedded\";\n")
endforeach()
string(APPEND text "}  // namespace ${NAMESPACE}\n")
file(WRITE ${OUTPUT} "${text}")
