#include "playbook/sandbox.hpp"

#include <cstring>
#include <memory>
#include <mutex>
#include <string_view>
#include <unordered_map>

#include "base/random.hpp"
#include "playbook/library.hpp"
#include "playbook/order.hpp"

namespace overture::playbook {
namespace {

constexpr const char* kOwnMetatable = "overture.metatable";  // in a real metatable: the script's own

/// What libraryWords() has of `library`, from the table at `from` into the one on top.
void takeOver(lua_State* state, int from, const char* library) {
    for (const auto& word : libraryWords()) {
        if (std::strcmp(word.library, library) != 0) continue;
        lua_getfield(state, from, word.name);
        lua_setfield(state, -2, word.name);
    }
}

/// Opens a library of Lua's own as a global with what libraryWords() has of it.
void addLibrary(lua_State* state, const char* name, lua_CFunction open) {
    lua_pushcfunction(state, open);
    lua_call(state, 0, 1);
    const int library = lua_gettop(state);
    lua_createtable(state, 0, 24);
    takeOver(state, library, name);
    lua_setglobal(state, name);
    lua_settop(state, library - 1);
}

/// The script's handler, but not for a limit.
int guardedHandler(lua_State* state) {
    if (Vm::of(state).spent()) return 1;
    lua_pushvalue(state, lua_upvalueindex(1));
    lua_insert(state, 1);
    lua_call(state, 1, 1);
    return 1;
}

int protectedCall(lua_State* state) {
    luaL_checkany(state, 1);
    const int status = lua_pcall(state, lua_gettop(state) - 1, LUA_MULTRET, 0);
    Vm::of(state).rethrowLimit(status);
    lua_pushboolean(state, status == LUA_OK);
    lua_insert(state, 1);
    return lua_gettop(state);
}

int protectedCallWithHandler(lua_State* state) {
    luaL_checktype(state, 2, LUA_TFUNCTION);
    const int arguments = lua_gettop(state) - 2;
    lua_pushvalue(state, 2);
    lua_pushcclosure(state, guardedHandler, 1);
    lua_replace(state, 2);
    lua_pushvalue(state, 1);
    lua_copy(state, 2, 1);  // handler below the function and its arguments
    lua_replace(state, 2);
    const int status = lua_pcall(state, arguments, LUA_MULTRET, 1);
    Vm::of(state).rethrowLimit(status);
    lua_pushboolean(state, status == LUA_OK);
    lua_replace(state, 1);
    return lua_gettop(state);
}

/// The real metatable is a copy, so that nothing added later can make a finalizer of it.
int setMetatable(lua_State* state) {
    luaL_checktype(state, 1, LUA_TTABLE);
    const int kind = lua_type(state, 2);
    luaL_argexpected(state, kind == LUA_TNIL || kind == LUA_TTABLE, 2, "nil or table");
    if (luaL_getmetafield(state, 1, "__metatable") != LUA_TNIL)
        return luaL_error(state, "cannot change a protected metatable");
    lua_settop(state, 2);
    if (kind == LUA_TNIL) {
        lua_setmetatable(state, 1);
        return 1;
    }
    for (const char* name : {"__gc", "__close", "__mode"}) {
        lua_pushstring(state, name);
        if (lua_rawget(state, 2) != LUA_TNIL)
            return luaL_error(state, "%s is not available here: nothing may run when a value is let go",
                              name);
        lua_pop(state, 1);
    }
    lua_newtable(state);
    static constexpr const char* kMetamethods[] = {
        "__index",  "__newindex", "__call", "__tostring", "__name", "__len",  "__eq",       "__lt",  "__le",
        "__concat", "__unm",      "__add",  "__sub",      "__mul",  "__div",  "__mod",      "__pow", "__idiv",
        "__band",   "__bor",      "__bxor", "__shl",      "__shr",  "__bnot", "__metatable"};
    for (const char* name : kMetamethods) {
        lua_pushstring(state, name);
        if (lua_rawget(state, 2) != LUA_TNIL)
            lua_setfield(state, 3, name);
        else
            lua_pop(state, 1);
    }
    lua_pushvalue(state, 2);
    lua_setfield(state, 3, kOwnMetatable);
    lua_setmetatable(state, 1);
    lua_settop(state, 1);
    return 1;
}

int getMetatable(lua_State* state) {
    luaL_checkany(state, 1);
    if (lua_type(state, 1) != LUA_TTABLE || lua_getmetatable(state, 1) == 0) {
        lua_pushnil(state);
        return 1;
    }
    if (luaL_getmetafield(state, 1, "__metatable") != LUA_TNIL) return 1;
    lua_getfield(state, -1, kOwnMetatable);
    return 1;
}

int toString(lua_State* state) {
    luaL_checkany(state, 1);
    pushText(state, 1);
    return 1;
}

/// Upvalue 1: std::string* or null.
int print(lua_State* state) {
    auto* printed = static_cast<std::string*>(lua_touserdata(state, lua_upvalueindex(1)));
    const int count = lua_gettop(state);
    for (int i = 1; i <= count; ++i) {
        pushText(state, i);
        std::size_t length = 0;
        const char* text = lua_tolstring(state, -1, &length);
        Vm::of(state).output(length + 1);
        if (printed != nullptr) printed->append(text, length).append(1, i == count ? '\n' : '\t');
        lua_pop(state, 1);
    }
    if (count == 0 && printed != nullptr) printed->append(1, '\n');
    return 0;
}

/// Upvalue 1: the generator's state.
int random(lua_State* state) {
    Random generator(static_cast<std::uint64_t>(lua_tointeger(state, lua_upvalueindex(1))));
    const auto bits = generator.next();
    lua_pushinteger(state, static_cast<lua_Integer>(bits));
    lua_replace(state, lua_upvalueindex(1));
    const int count = lua_gettop(state);
    if (count == 0) {
        lua_pushnumber(state, static_cast<lua_Number>(bits >> 11) * 0x1p-53);
        return 1;
    }
    const auto low = count == 1 ? 1 : luaL_checkinteger(state, 1);
    const auto high = luaL_checkinteger(state, count == 1 ? 1 : 2);
    luaL_argcheck(state, low <= high, count, "interval is empty");
    const auto span = static_cast<lua_Unsigned>(high) - static_cast<lua_Unsigned>(low);
    const auto offset = span + 1 == 0 ? bits : bits % (span + 1);
    lua_pushinteger(state, static_cast<lua_Integer>(static_cast<lua_Unsigned>(low) + offset));
    return 1;
}

void addBase(lua_State* state, std::string* printed) {
    // The library opens into the globals; what is on the list is put into new ones.
    lua_pushcfunction(state, luaopen_base);
    lua_call(state, 0, 1);
    lua_createtable(state, 0, 64);
    takeOver(state, lua_gettop(state) - 1, "");
    lua_pushvalue(state, -1);
    lua_setfield(state, -2, "_G");
    lua_pushvalue(state, -1);
    lua_rawseti(state, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    lua_remove(state, -2);
    static constexpr luaL_Reg own[] = {{"next", orderedNext},          {"pairs", orderedPairs},
                                       {"pcall", protectedCall},       {"xpcall", protectedCallWithHandler},
                                       {"setmetatable", setMetatable}, {"getmetatable", getMetatable},
                                       {"tostring", toString},         {nullptr, nullptr}};
    luaL_setfuncs(state, own, 0);
    lua_pushlightuserdata(state, printed);
    lua_pushcclosure(state, print, 1);
    lua_setfield(state, -2, "print");
    lua_pop(state, 1);
}

void addMath(lua_State* state, std::uint64_t seed) {
    addLibrary(state, "math", luaopen_math);
    lua_getglobal(state, "math");
    lua_pushinteger(state, static_cast<lua_Integer>(seed));
    lua_pushcclosure(state, random, 1);
    lua_setfield(state, -2, "random");
    lua_pop(state, 1);
}

}  // namespace

void pushText(lua_State* state, int index) {
    index = lua_absindex(state, index);
    switch (lua_type(state, index)) {
        case LUA_TSTRING: lua_pushvalue(state, index); return;
        case LUA_TNUMBER:
        case LUA_TBOOLEAN:
        case LUA_TNIL: luaL_tolstring(state, index, nullptr); return;
        default: break;
    }
    if (luaL_callmeta(state, index, "__tostring") != 0) {
        if (lua_type(state, -1) != LUA_TSTRING) luaL_error(state, "'__tostring' must return a string");
        return;
    }
    if (luaL_getmetafield(state, index, "__name") == LUA_TSTRING) return;
    lua_pushstring(state, luaL_typename(state, index));
}

void loadChunk(lua_State* state, const std::string& text, const std::string& name) {
    const std::size_t mark = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;  // some editors' sign of UTF-8
    const int status =
        luaL_loadbufferx(state, text.data() + mark, text.size() - mark, ("@" + name).c_str(), "t");
    if (status != LUA_OK) {
        Vm::of(state).rethrowLimit(status);
        lua_error(state);
    }
}

namespace {

/// Compiled chunks by name and text. Made here from texts alone, so they are what Lua's compiler made.
class KeptChunks {
public:
    std::shared_ptr<const std::string> find(const std::string& key) {
        const std::lock_guard lock(mutex_);
        const auto found = chunks_.find(key);
        return found == chunks_.end() ? nullptr : found->second;
    }
    void keep(const std::string& key, std::string code) {
        const std::lock_guard lock(mutex_);
        if (bytes_ > kMost) {
            chunks_.clear();
            bytes_ = 0;
        }
        bytes_ += key.size() + code.size();
        chunks_[key] = std::make_shared<const std::string>(std::move(code));
    }

private:
    static constexpr std::size_t kMost = std::size_t{32} << 20;
    std::mutex mutex_;
    std::unordered_map<std::string, std::shared_ptr<const std::string>> chunks_;
    std::size_t bytes_ = 0;
};

KeptChunks& keptChunks() {
    static KeptChunks kept;
    return kept;
}

int appendTo(lua_State*, const void* bytes, std::size_t size, void* out) {
    static_cast<std::string*>(out)->append(static_cast<const char*>(bytes), size);
    return 0;
}

}  // namespace

void loadKept(lua_State* state, const std::string& text, const std::string& name) {
    const auto key = name + '\n' + text;
    if (const auto code = keptChunks().find(key)) {
        const int status = luaL_loadbufferx(state, code->data(), code->size(), name.c_str(), "b");
        if (status == LUA_OK) return;
        Vm::of(state).rethrowLimit(status);
        lua_error(state);
    }
    loadChunk(state, text, name);
    std::string code;
    if (lua_dump(state, appendTo, &code, 0) == 0) keptChunks().keep(key, std::move(code));
}

void openSandbox(lua_State* state, std::uint64_t seed, std::string* printed) {
    addBase(state, printed);
    pushStrings(state);
    lua_setglobal(state, "string");
    pushTables(state);
    lua_setglobal(state, "table");
    addMath(state, seed);
    addLibrary(state, "utf8", luaopen_utf8);
}

}  // namespace overture::playbook
