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

}  // namespace overture::playbook
