// What Lua says of a source it cannot read, in words for people who know no Lua.
#pragma once

#include <string>
#include <vector>

#include "base/error.hpp"

namespace overture::playbook {

/// `problem` as Lua gave it ("'}' expected near 'c'", at "playbook.lua:4"); its place may move to where the mistake is, such as
/// the line that lacks a comma. What is not known here stays as it is.
Problem explainSyntax(const Problem& problem, const std::string& source);

/// What to write instead of a name that is no word: "Did you mean …?", or quotes, or what Lua calls it.
std::string helpForUnknownWord(const std::string& name, const std::vector<std::string>& words);

}  // namespace overture::playbook
