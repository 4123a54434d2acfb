// The functions of Lua's own libraries that a script may call: one line each makes a function available (sandbox.cpp takes away or
// leaves out whatever is not here), stands in docs/lua-api.md, in luacheck's list and in the record of the language.
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
