// The load phase: runs a file in the sandbox with the vocabulary's constructors and takes what it declares
// out of Lua.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "playbook/definition.hpp"
#include "playbook/node.hpp"

namespace overture::playbook {

struct Loaded {
    Node returned;                  ///< what the file returned
    std::vector<Node> persons;      ///< every person { … } in the order of the calls
    std::vector<Finding> findings;  ///< a syntax error, a runtime error, a limit, a missing file
    bool failed = false;
};

/// Never throws for an author's mistake. `name` must be a key of `files`.
Loaded loadFile(const Files& files, const std::string& name);

/// The longest source that is read at all, in bytes.
constexpr std::size_t kLongestSource = 256 * 1024;

}  // namespace overture::playbook
