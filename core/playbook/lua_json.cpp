#include "playbook/lua_json.hpp"

#include <cmath>
#include <string>

#include "base/text.hpp"
#include "playbook/order.hpp"

namespace overture::playbook {

void pushJson(lua_State* state, const Json& value) {
    luaL_checkstack(state, 4, "a document nested too deeply");
    if (value.is_string()) {
        const auto& text = value.get_ref<const std::string&>();
        lua_pushlstring(state, text.data(), text.size());
    } else if (value.is_number_integer()) {
        lua_pushinteger(state, value.get<lua_Integer>());
    } else if (value.is_number()) {
        lua_pushnumber(state, value.get<double>());
    } else if (value.is_boolean()) {
        lua_pushboolean(state, value.get<bool>());
    } else if (value.is_array()) {
        lua_createtable(state, static_cast<int>(value.size()), 0);
        lua_Integer number = 0;
        for (const auto& item : value) {
            pushJson(state, item);
            lua_rawseti(state, -2, ++number);
        }
    } else if (value.is_object()) {
        lua_createtable(state, 0, static_cast<int>(value.size()));
        for (const auto& [key, item] : value.items()) {
            lua_pushlstring(state, key.data(), key.size());
            pushJson(state, item);
            lua_rawset(state, -3);
        }
    } else {
        lua_pushnil(state);
    }
}

namespace {

Json tableAt(lua_State* state, int index, int depth) {
    if (depth >= kDeepest)
        luaL_error(state, "a table nested deeper than %d levels (or in itself) is no document", kDeepest);
    luaL_checkstack(state, 8, "a table nested too deeply");
    const auto count = pushOrderedKeys(state, index);
    const int keys = lua_gettop(state);
    bool isArray = count > 0;
    if (count > 0) {
        lua_rawgeti(state, keys, 1);
        lua_rawgeti(state, keys, count);
        isArray = lua_isinteger(state, -2) != 0 && lua_tointeger(state, -2) == 1 &&
                  lua_isinteger(state, -1) != 0 && lua_tointeger(state, -1) == count;
        lua_pop(state, 2);
    }
    Json result = isArray ? Json::array() : Json::object();
    for (lua_Integer i = 1; i <= count; ++i) {
        lua_rawgeti(state, keys, i);
        lua_pushvalue(state, -1);
        lua_rawget(state, index);
        auto value = jsonAt(state, lua_gettop(state), depth + 1);
        if (isArray) {
            result.push_back(std::move(value));
        } else {
            luaL_tolstring(state, keys + 1, nullptr);
            const std::string key =
                lua_type(state, keys + 1) == LUA_TTABLE || lua_type(state, keys + 1) == LUA_TFUNCTION
                    ? luaL_typename(state, keys + 1)
                    : lua_tostring(state, -1);
            Vm::of(state).output(key.size() + 4);
            result[toValidUtf8(key)] = std::move(value);
        }
        lua_settop(state, keys);
    }
    lua_settop(state, keys - 1);
    return result;
}

}  // namespace

Json jsonAt(lua_State* state, int index, int depth) {
    index = lua_absindex(state, index);
    auto& vm = Vm::of(state);
    vm.output(2);
    switch (lua_type(state, index)) {
        case LUA_TNIL: return nullptr;
        case LUA_TBOOLEAN: return lua_toboolean(state, index) != 0;
        case LUA_TNUMBER:
            vm.output(8);
            if (lua_isinteger(state, index) != 0)
                return static_cast<std::int64_t>(lua_tointeger(state, index));
            if (const auto number = lua_tonumber(state, index); std::isfinite(number))
                return number;
            else
                return std::isnan(number) ? "nan" : number > 0 ? "inf" : "-inf";
        case LUA_TSTRING: {
            std::size_t length = 0;
            const char* text = lua_tolstring(state, index, &length);
            vm.output(length);
            return toValidUtf8(std::string_view(text, length));
        }
        case LUA_TTABLE: return tableAt(state, index, depth);
        default: return luaL_typename(state, index);
    }
}

}  // namespace overture::playbook
