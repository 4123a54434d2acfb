// JSON documents in and out of Lua.
#pragma once

#include "base/json.hpp"
#include "playbook/vm.hpp"

namespace overture::playbook {

constexpr int kDeepest = 32;

/// Arrays become sequences, objects tables, null nil.
void pushJson(lua_State* state, const Json& value);

/// A table with the keys 1 … n is an array, any other an object (an empty one too). Functions and the like
/// become the name of their type. What is nested deeper than kDeepest is a Lua error. Every byte counts as
/// output.
Json jsonAt(lua_State* state, int index, int depth = 0);

}  // namespace overture::playbook
