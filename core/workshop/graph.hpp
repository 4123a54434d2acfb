#pragma once

#include <string>

#include "playbook/definition.hpp"

namespace overture::workshop {

/// The stages and the ways between them, as Mermaid or in Graphviz's language. The same playbook gives the same bytes.
std::string mermaidGraph(const playbook::Definition& definition);
std::string dotGraph(const playbook::Definition& definition);

}  // namespace overture::workshop
