// {lead.first_name} and the like in texts.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace overture::playbook {

struct Placeholder {
    std::string path;      ///< "lead.first_name"
    std::size_t from = 0;  ///< of the brace
    std::size_t to = 0;    ///< one past the closing brace
};

/// Everything in braces that looks like a name or a path of names; other braces are text.
std::vector<Placeholder> placeholdersOf(std::string_view text);

}  // namespace overture::playbook
