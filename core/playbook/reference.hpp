// What is generated from the vocabulary's one table: the editor's types and the author's reference.
#pragma once

#include <string>

namespace overture::playbook {

/// Types for the Lua language server: playbooks/meta/overture.lua.
std::string editorTypes();
/// Every word with its keys, and talk: the reference part of docs/playbooks.md.
std::string referenceMarkdown();
/// The same for a terminal.
std::string referenceText();
/// What of Lua's own libraries there is: docs/lua-api.md.
std::string libraryMarkdown();
/// .luacheckrc
std::string luacheckConfiguration();
/// Every word, key, member and function of this version of the language, one a line: tests/lua/api-1.txt. What once stood there may
/// not change without a new api.
std::string recordOfTheLanguage();

}  // namespace overture::playbook
