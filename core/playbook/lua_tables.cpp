#include <algorithm>
#include <string>
#include <vector>

#include "playbook/sandbox.hpp"

namespace overture::playbook {
namespace {

constexpr std::size_t kCompare =
    4;  // what comparing two elements is charged: about as many instructions of Lua's

lua_Integer lengthAt(lua_State* state, int index) {
    luaL_checktype(state, index, LUA_TTABLE);
    return static_cast<lua_Integer>(lua_rawlen(state, index));
}

/// Charges for the elements first … last; refuses counts that no table can have.
void chargeRange(lua_State* state, lua_Integer first, lua_Integer last) {
    if (last < first) return;
    const auto count = static_cast<lua_Unsigned>(last) - static_cast<lua_Unsigned>(first);
    Vm::of(state).charge(count > 1'000'000'000U ? std::size_t{1'000'000'000}
                                                : static_cast<std::size_t>(count) + 1);
}

int concat(lua_State* state) {
    const auto size = lengthAt(state, 1);
    std::size_t gap = 0;
    const char* separator = luaL_optlstring(state, 2, "", &gap);
    const auto from = luaL_optinteger(state, 3, 1);
    const auto to = luaL_optinteger(state, 4, size);
    auto& vm = Vm::of(state);
    std::string out;
    for (lua_Integer i = from; i <= to; ++i) {
        lua_rawgeti(state, 1, i);
        std::size_t length = 0;
        const char* text = lua_isstring(state, -1) != 0 ? lua_tolstring(state, -1, &length) : nullptr;
        if (text == nullptr)
            return luaL_error(state, "invalid value (at index %I) in table for 'concat'",
                              static_cast<LUAI_UACINT>(i));
        vm.expectMemory(out.size() + length + gap);
        vm.charge(1 + (length + gap) / 16);
        out.append(text, length);
        lua_pop(state, 1);
        if (i == to) break;
        out.append(separator, gap);
    }
    lua_pushlstring(state, out.data(), out.size());
    return 1;
}

int insert(lua_State* state) {
    const auto end = lengthAt(state, 1) + 1;
    auto at = end;
    if (lua_gettop(state) == 3) {
        at = luaL_checkinteger(state, 2);
        luaL_argcheck(state, at >= 1 && at <= end, 2, "position out of bounds");
        chargeRange(state, at, end);
        for (auto i = end; i > at; --i) {
            lua_rawgeti(state, 1, i - 1);
            lua_rawseti(state, 1, i);
        }
    } else if (lua_gettop(state) != 2) {
        return luaL_error(state, "wrong number of arguments to 'insert'");
    }
    lua_rawseti(state, 1, at);
    return 0;
}

int remove(lua_State* state) {
    const auto size = lengthAt(state, 1);
    auto at = luaL_optinteger(state, 2, size);
    if (lua_gettop(state) > 1)
        luaL_argcheck(state, at >= (size == 0 ? 0 : 1) && at <= size + 1, 2, "position out of bounds");
    lua_rawgeti(state, 1, at);
    chargeRange(state, at, size);
    for (; at < size; ++at) {
        lua_rawgeti(state, 1, at + 1);
        lua_rawseti(state, 1, at);
    }
    if (at <= size) {
        lua_pushnil(state);
        lua_rawseti(state, 1, at);
    }
    return 1;
}

int move(lua_State* state) {
    luaL_checktype(state, 1, LUA_TTABLE);
    const auto from = luaL_checkinteger(state, 2);
    const auto to = luaL_checkinteger(state, 3);
    const auto target = luaL_checkinteger(state, 4);
    const int into = lua_isnoneornil(state, 5) ? 1 : 5;
    luaL_checktype(state, into, LUA_TTABLE);
    if (to < from) {
        lua_pushvalue(state, into);
        return 1;
    }
    chargeRange(state, from, to);
    luaL_argcheck(state, from > 0 || to < LUA_MAXINTEGER + from, 3, "too many elements to move");
    const auto count = to - from + 1;
    luaL_argcheck(state, target <= LUA_MAXINTEGER - count + 1, 4, "destination wrap around");
    const bool forward = into != 1 || target > to || target <= from;
    for (lua_Integer i = 0; i < count; ++i) {
        const auto offset = forward ? i : count - 1 - i;
        lua_rawgeti(state, 1, from + offset);
        lua_rawseti(state, into, target + offset);
    }
    lua_pushvalue(state, into);
    return 1;
}

int pack(lua_State* state) {
    const int count = lua_gettop(state);
    chargeRange(state, 1, count);
    lua_createtable(state, count, 1);
    lua_insert(state, 1);
    for (int i = count; i >= 1; --i) lua_rawseti(state, 1, i);
    lua_pushinteger(state, count);
    lua_setfield(state, 1, "n");
    return 1;
}

int unpack(lua_State* state) {
    static constexpr lua_Integer kMost = 10'000;
    luaL_checktype(state, 1, LUA_TTABLE);
    const auto from = luaL_optinteger(state, 2, 1);
    const auto to = lua_isnoneornil(state, 3) ? static_cast<lua_Integer>(lua_rawlen(state, 1))
                                              : luaL_checkinteger(state, 3);
    if (from > to) return 0;
    chargeRange(state, from, to);
    if (static_cast<lua_Unsigned>(to) - static_cast<lua_Unsigned>(from) >= static_cast<lua_Unsigned>(kMost) ||
        lua_checkstack(state, static_cast<int>(to - from) + 1) == 0)
        return luaL_error(state, "too many results to unpack");
    const auto count = to - from + 1;
    for (lua_Integer i = 0; i < count; ++i) lua_rawgeti(state, 1, from + i);
    return static_cast<int>(count);
}

/// True when the value at table[a] comes before the one at table[b]. Stack: 1 table, 2 function or nil.
bool before(lua_State* state, int table, lua_Integer a, lua_Integer b) {
    Vm::of(state).charge(kCompare);
    if (lua_isnil(state, 2)) {
        lua_rawgeti(state, table, a);
        lua_rawgeti(state, table, b);
        const bool less = lua_compare(state, -2, -1, LUA_OPLT) != 0;
        lua_pop(state, 2);
        return less;
    }
    lua_pushvalue(state, 2);
    lua_rawgeti(state, table, a);
    lua_rawgeti(state, table, b);
    lua_call(state, 2, 1);
    const bool less = lua_toboolean(state, -1) != 0;
    lua_pop(state, 1);
    return less;
}

/// Merges the sorted runs [low, middle) and [middle, high) of table `from` into table `into`.
void merge(lua_State* state, int from, int into, lua_Integer low, lua_Integer middle, lua_Integer high) {
    auto left = low;
    auto right = middle;
    for (auto at = low; at < high; ++at) {
        const bool takeRight = left >= middle || (right < high && before(state, from, right, left));
        lua_rawgeti(state, from, takeRight ? right++ : left++);
        lua_rawseti(state, into, at);
    }
}

int sort(lua_State* state) {
    const auto size = lengthAt(state, 1);
    if (!lua_isnoneornil(state, 2)) luaL_checktype(state, 2, LUA_TFUNCTION);
    lua_settop(state, 2);
    chargeRange(state, 1, size);
    lua_createtable(state, static_cast<int>(std::min<lua_Integer>(size, 1'000'000)), 0);
    lua_createtable(state, static_cast<int>(std::min<lua_Integer>(size, 1'000'000)), 0);
    for (lua_Integer i = 1; i <= size; ++i) {
        lua_rawgeti(state, 1, i);
        lua_rawseti(state, 3, i);
    }
    int from = 3;
    int into = 4;
    for (lua_Integer width = 1; width < size; width *= 2) {
        for (lua_Integer low = 1; low <= size; low += 2 * width)
            merge(state, from, into, low, std::min(low + width, size + 1),
                  std::min(low + 2 * width, size + 1));
        std::swap(from, into);
    }
    for (lua_Integer i = 1; i <= size; ++i) {
        lua_rawgeti(state, from, i);
        lua_rawseti(state, 1, i);
    }
    return 0;
}

}  // namespace

void pushTables(lua_State* state) {
    static constexpr luaL_Reg functions[] = {{"concat", concat}, {"insert", insert}, {"move", move},
                                             {"pack", pack},     {"remove", remove}, {"sort", sort},
                                             {"unpack", unpack}, {nullptr, nullptr}};
    luaL_newlib(state, functions);
}

}  // namespace overture::playbook
