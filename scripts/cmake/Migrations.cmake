# Writes the files of schema/migrations into one header, in order, so that the program carries its own schema.
# Run as: cmake -DFOLDER=… -DOUTPUT=… -P Migrations.cmake
file(GLOB files ${FOLDER}/*.sql)
list(SORT files)
set(text "#pragma once\n\nnamespace overture::store {\n\nstruct EmbeddedFile {\n    const char* name;\n    const char* text;\n};\n\n")
string(APPEND text "inline constexpr EmbeddedFile kMigrations[] = {\n")
foreach(file IN LISTS files)
  get_filename_component(name ${file} NAME_WE)
  file(READ ${file} sql)
  string(APPEND text "    {\"${name}\", R\"sql(${sql})sql\"},\n")
endforeach()
string(APPEND text "};\n\n}  // namespace overture::store\n")
file(WRITE ${OUTPUT} "${text}")
