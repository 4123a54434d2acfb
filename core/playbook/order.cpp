#include "playbook/order.hpp"

#include <algorithm>
#include <bit>
#include <string_view>
#include <vector>

#include "playbook/vm.hpp"

namespace overture::playbook {
namespace {

/// A key as C++ can compare it; texts point into Lua strings that the table keeps alive.
struct Key {
    int kind = 0;  // 0 number, 1 text, 2 boolean, 3 other
    bool whole = false;
    lua_Integer integer = 0;
    lua_Number number = 0;
    std::string_view text;
    const void* other = nullptr;

    bool operator<(const Key& that) const {
        if (kind != that.kind) return kind < that.kind;
        if (kind == 1) return text < that.text;
        if (whole && that.whole) return integer < that.integer;
        if (number != that.number) return number < that.number;
        return whole && !that.whole;
    }
};

Key keyAt(lua_State* state, int index) {
    Key key;
    switch (lua_type(state, index)) {
        case LUA_TNUMBER:
            key.whole = lua_isinteger(state, index) != 0;
            key.integer = key.whole ? lua_tointeger(state, index) : 0;
            key.number = lua_tonumber(state, index);
            break;
        case LUA_TSTRING: {
            std::size_t length = 0;
            const char* text = lua_tolstring(state, index, &length);
            key.kind = 1;
            key.text = {text, length};
            break;
        }
        case LUA_TBOOLEAN:
            key.kind = 2;
            key.number = lua_toboolean(state, index);
            break;
        default: key.kind = 3; break;
    }
    return key;
}

constexpr const char* kLastTable = "overture.next.table";
constexpr const char* kLastKeys = "overture.next.keys";
constexpr const char* kLastPosition = "overture.next.position";

/// Steps over keys that are gone; leaves key and value and returns the position, or leaves nil and returns 0.
/// Stack: `table` and `keys` are absolute indexes.
lua_Integer step(lua_State* state, int table, int keys, lua_Integer position) {
    for (;; ++position) {
        if (lua_rawgeti(state, keys, position) == LUA_TNIL) return 0;
        lua_pushvalue(state, -1);
        if (lua_rawget(state, table) != LUA_TNIL) return position;
        lua_pop(state, 2);
        Vm::of(state).charge(1);
    }
}

int pairsStep(lua_State* state) {
    lua_settop(state, 0);
    lua_pushvalue(state, lua_upvalueindex(1));
    lua_pushvalue(state, lua_upvalueindex(2));
    const auto position = step(state, 1, 2, lua_tointeger(state, lua_upvalueindex(3)));
    if (position == 0) return 1;
    lua_pushinteger(state, position + 1);
    lua_replace(state, lua_upvalueindex(3));
    return 2;
}

}  // namespace

lua_Integer pushOrderedKeys(lua_State* state, int index) {
    index = lua_absindex(state, index);
    luaL_checkstack(state, 8, "too many nested tables");
    std::vector<Key> keys;
    int others = 0;
    lua_newtable(state);
    const int result = lua_gettop(state);
    lua_newtable(state);  // the one key without an order
    lua_pushnil(state);
    while (lua_next(state, index) != 0) {
        lua_pop(state, 1);
        auto key = keyAt(state, -1);
        if (key.kind == 3) {
            if (++others > 1)
                luaL_error(state,
                           "a table with several tables or functions as keys has no fixed order; "
                           "use texts or numbers as keys");
            lua_pushvalue(state, -1);
            lua_rawseti(state, result + 1, 1);
        }
        if (keys.size() % 256 == 0) {
            Vm::of(state).charge(256);
            Vm::of(state).expectMemory(keys.size() * sizeof(lua_Number));
        }
        keys.push_back(key);
    }
    std::sort(keys.begin(), keys.end());
    Vm::of(state).charge(keys.size() * static_cast<std::size_t>(std::bit_width(keys.size())));
    lua_Integer count = 0;
    for (const auto& key : keys) {
        if (key.kind == 0 && key.whole) lua_pushinteger(state, key.integer);
        if (key.kind == 0 && !key.whole) lua_pushnumber(state, key.number);
        if (key.kind == 1) lua_pushlstring(state, key.text.data(), key.text.size());
        if (key.kind == 2) lua_pushboolean(state, key.number != 0);
        if (key.kind == 3) lua_rawgeti(state, result + 1, 1);
        lua_rawseti(state, result, ++count);
    }
    lua_settop(state, result);
    return count;
}

int orderedPairs(lua_State* state) {
    luaL_checktype(state, 1, LUA_TTABLE);
    lua_settop(state, 1);
    pushOrderedKeys(state, 1);
    lua_pushinteger(state, 1);
    lua_pushcclosure(state, pairsStep, 3);
    return 1;
}

int orderedNext(lua_State* state) {
    luaL_checktype(state, 1, LUA_TTABLE);
    lua_settop(state, 2);
    lua_Integer position = 1;
    bool known = false;
    if (!lua_isnil(state, 2)) {  // is this the traversal we were asked about last?
        lua_getfield(state, LUA_REGISTRYINDEX, kLastTable);
        if (lua_rawequal(state, 1, 3)) {
            lua_getfield(state, LUA_REGISTRYINDEX, kLastKeys);
            lua_getfield(state, LUA_REGISTRYINDEX, kLastPosition);
            const auto last = lua_tointeger(state, 5);
            lua_rawgeti(state, 4, last);
            known = lua_rawequal(state, 6, 2) != 0;
            position = last + 1;
            lua_settop(state, 4);
        }
    }
    if (!known) {
        lua_settop(state, 3);
        const auto count = pushOrderedKeys(state, 1);
        position = 1;
        if (!lua_isnil(state, 2)) {
            for (; position <= count; ++position) {
                lua_rawgeti(state, 4, position);
                const bool here = lua_rawequal(state, 5, 2) != 0;
                lua_pop(state, 1);
                if (here) break;
            }
            if (position++ > count) return luaL_error(state, "next: there is no such key in the table");
        }
        lua_pushvalue(state, 1);
        lua_setfield(state, LUA_REGISTRYINDEX, kLastTable);
        lua_pushvalue(state, 4);
        lua_setfield(state, LUA_REGISTRYINDEX, kLastKeys);
    }
    const auto found = step(state, 1, 4, position);
    lua_pushinteger(state, found);
    lua_setfield(state, LUA_REGISTRYINDEX, kLastPosition);
    return found == 0 ? 1 : 2;
}

}  // namespace overture::playbook
