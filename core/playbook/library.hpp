// The names of Lua's own libraries that a script may use, one line each: for docs/lua-api.md, luacheck's list and the record of
// the language. sandbox.cpp makes those of the base library, math and utf8 available by this list; those of string and table are
// written anew in lua_strings.cpp and lua_tables.cpp. A test compares all of it with what is registered.
#pragma once

#include <string>
#include <vector>

namespace overture::playbook {

struct LibraryWord {
    const char* library;  ///< "string"; "" for what needs no library in front
    const char* name;
    const char* signature;  ///< "(text, pattern, from?)"; empty for a value
    const char* about;      ///< what differs from plain Lua begins with "here: "
};

const std::vector<LibraryWord>& libraryWords();
/// Those of one library.
std::vector<std::string> libraryNames(const std::string& library);

}  // namespace overture::playbook
