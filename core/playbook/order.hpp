// A table's keys in an order that does not depend on Lua's hashes: numbers ascending, then texts by bytes,
// then false and true. Keys that are tables or functions have no order of their own: one is allowed (last),
// more are an error.
#pragma once

#include <lua.hpp>

namespace overture::playbook {

/// Pushes a sequence of the keys of the table at `index` in order; returns how many. Charges for the work.
lua_Integer pushOrderedKeys(lua_State* state, int index);

/// `next` and `pairs` of the sandbox. A key added during a traversal is not visited; one removed is left out.
int orderedNext(lua_State* state);
int orderedPairs(lua_State* state);

}  // namespace overture::playbook
