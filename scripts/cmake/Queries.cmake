# Writes one header per room from schema/queries/<room>/*.sql, so that a query that does not exist does not
# compile: schema/queries/turn/claim.sql becomes overture::sql::turn::claim in "queries/turn.hpp".
# Run as: cmake -DROOM=… -DFOLDER=… -DOUTPUT=… -P Queries.cmake
file(GLOB files ${FOLDER}/*.sql)
list(SORT files)
set(text "#pragma once\n#include \"store/query.hpp\"\n\nnamespace overture::sql::${ROOM} {\n")
foreach(file IN LISTS files)
  get_filename_component(name ${file} NAME_WE)
  file(READ ${file} sql)
  string(APPEND text "inline constexpr ::overture::store::Query ${name}{\"${ROOM}/${name}\", R\"sql(${sql})sql\"};\n")
endforeach()
string(APPEND text "}  // namespace overture::sql::${ROOM}\n")
file(WRITE ${OUTPUT} "${text}")
