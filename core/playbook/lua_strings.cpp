#include <algorithm>
#include <memory>
#include <string>
#include <string_view>

#include "playbook/pattern.hpp"
#include "playbook/sandbox.hpp"

namespace overture::playbook {
namespace {

constexpr std::size_t kLongestPattern = 1000;

std::string_view textAt(lua_State* state, int index) {
    std::size_t length = 0;
    const char* text = luaL_checklstring(state, index, &length);
    return {text, length};
}

/// Calls the library's function (upvalue 1) after charging for the texts it is given.
int charged(lua_State* state) {
    std::size_t bytes = 0;
    for (int i = 1; i <= lua_gettop(state); ++i)
        if (lua_type(state, i) == LUA_TSTRING) bytes += lua_rawlen(state, i);
    Vm::of(state).charge(1 + bytes / 16);
    return lua_tocfunction(state, lua_upvalueindex(1))(state);
}

int rep(lua_State* state) {
    const auto text = textAt(state, 1);
    const auto times = luaL_checkinteger(state, 2);
    const auto separator = lua_isnoneornil(state, 3) ? std::string_view{} : textAt(state, 3);
    const auto each = text.size() + separator.size();
    if (times <= 0 || each == 0) {
        lua_pushliteral(state, "");
        return 1;
    }
    auto& vm = Vm::of(state);
    if (static_cast<lua_Unsigned>(times) > static_cast<lua_Unsigned>(LUA_MAXINTEGER) / each)
        vm.expectMemory(static_cast<std::size_t>(LUA_MAXINTEGER));
    const auto total = each * static_cast<std::size_t>(times) - separator.size();
    vm.expectMemory(total);
    vm.charge(1 + total / 16);
    std::string result;
    result.reserve(total);
    result.append(text).append(times > 1 ? separator : std::string_view{});
    while (result.size() < total) result.append(result, 0, total - result.size());  // twice as much each time
    lua_pushlstring(state, result.data(), result.size());
    return 1;
}

int format(lua_State* state) {
    const auto pattern = textAt(state, 1);
    for (std::size_t i = 0; i + 1 < pattern.size(); ++i) {
        if (pattern[i] != '%') continue;
        i = pattern.find_first_not_of("-+ #0123456789.", i + 1);
        if (i == std::string_view::npos) break;
        if (pattern[i] == 'p')
            return luaL_error(state, "format: %%p would show an address; it is not available here");
    }
    std::size_t bytes = pattern.size();
    for (int i = 2; i <= lua_gettop(state); ++i) {
        const auto type = lua_type(state, i);
        if (type != LUA_TSTRING && type != LUA_TNUMBER && type != LUA_TBOOLEAN && type != LUA_TNIL) {
            pushText(state, i);
            lua_replace(state, i);
        }
        bytes += lua_type(state, i) == LUA_TSTRING ? lua_rawlen(state, i) * 4 : 32;
    }
    Vm::of(state).charge(1 + bytes / 16);
    return lua_tocfunction(state, lua_upvalueindex(1))(state);
}

/// 1-based start, counted from the end when negative, as a 0-based offset that may lie one past the end or
/// further.
std::size_t startOf(lua_State* state, int index, std::size_t length) {
    const auto position = luaL_optinteger(state, index, 1);
    if (position > 0) return static_cast<std::size_t>(position) - 1;
    if (position == 0) return 0;
    const auto back = static_cast<lua_Unsigned>(0) - static_cast<lua_Unsigned>(position);
    return back > length ? 0 : length - static_cast<std::size_t>(back);
}

std::unique_ptr<Pattern> newPattern(lua_State* state, std::string_view subject, std::string_view pattern) {
    if (pattern.size() > kLongestPattern)
        luaL_error(state, "pattern too long (%d bytes; at most %d)", static_cast<int>(pattern.size()),
                   static_cast<int>(kLongestPattern));
    auto& vm = Vm::of(state);
    return std::make_unique<Pattern>(subject, pattern, [&vm](std::size_t steps) { vm.charge(steps); });
}

/// Runs `body`, turning a malformed pattern into a Lua error at the caller.
template <typename Body>
int matching(lua_State* state, Body&& body) {
    std::string problem;
    try {
        return body();
    } catch (const PatternError& error) {
        problem = error.what();
    }
    return luaL_error(state, "%s", problem.c_str());
}

void pushCapture(lua_State* state, std::string_view subject, const Pattern& found, std::size_t number) {
    if (number == 0 && found.captures().empty()) {
        lua_pushlstring(state, subject.data() + found.matchFrom(), found.matchTo() - found.matchFrom());
        return;
    }
    if (number >= found.captures().size())
        throw PatternError("invalid capture index %" + std::to_string(number + 1));
    const auto& capture = found.captures()[number];
    if (capture.isPosition)
        lua_pushinteger(state, static_cast<lua_Integer>(capture.from) + 1);
    else
        lua_pushlstring(state, subject.data() + capture.from, capture.length);
}

int pushCaptures(lua_State* state, std::string_view subject, const Pattern& found, bool wholeIfNone) {
    const auto count = found.captures().empty() && wholeIfNone ? 1 : found.captures().size();
    luaL_checkstack(state, static_cast<int>(count), "too many captures");
    for (std::size_t i = 0; i < count; ++i) pushCapture(state, subject, found, i);
    return static_cast<int>(count);
}

int findOrMatch(lua_State* state, bool find) {
    const auto subject = textAt(state, 1);
    const auto pattern = textAt(state, 2);
    const auto from = startOf(state, 3, subject.size());
    if (from > subject.size()) {
        lua_pushnil(state);
        return 1;
    }
    if (find && (lua_toboolean(state, 4) != 0 || isPlain(pattern))) {
        const auto tries = subject.size() >= pattern.size() ? subject.size() - pattern.size() + 1 : 0;
        Vm::of(state).charge(1 + subject.size() / 16 + tries * pattern.size() / 1024);
        const auto at = subject.find(pattern, from);
        if (at == std::string_view::npos) {
            lua_pushnil(state);
            return 1;
        }
        lua_pushinteger(state, static_cast<lua_Integer>(at) + 1);
        lua_pushinteger(state, static_cast<lua_Integer>(at + pattern.size()));
        return 2;
    }
    return matching(state, [&] {
        const auto matcher = newPattern(state, subject, pattern);
        if (!matcher->find(from)) {
            lua_pushnil(state);
            return 1;
        }
        if (!find) return pushCaptures(state, subject, *matcher, true);
        lua_pushinteger(state, static_cast<lua_Integer>(matcher->matchFrom()) + 1);
        lua_pushinteger(state, static_cast<lua_Integer>(matcher->matchTo()));
        return 2 + pushCaptures(state, subject, *matcher, false);
    });
}

int find(lua_State* state) {
    return findOrMatch(state, true);
}
int match(lua_State* state) {
    return findOrMatch(state, false);
}

/// Upvalues: subject, pattern, next start, end of the last match (-1: none).
int gmatchStep(lua_State* state) {
    const auto subject = textAt(state, lua_upvalueindex(1));
    const auto pattern = textAt(state, lua_upvalueindex(2));
    auto from = static_cast<std::size_t>(lua_tointeger(state, lua_upvalueindex(3)));
    const auto last = lua_tointeger(state, lua_upvalueindex(4));
    return matching(state, [&] {
        const auto matcher = newPattern(state, subject, pattern);
        for (; from <= subject.size(); ++from) {
            if (!matcher->matchAt(from) || static_cast<lua_Integer>(matcher->matchTo()) == last) continue;
            lua_pushinteger(state, static_cast<lua_Integer>(matcher->matchTo()));
            lua_copy(state, -1, lua_upvalueindex(3));
            lua_replace(state, lua_upvalueindex(4));
            return pushCaptures(state, subject, *matcher, true);
        }
        lua_pushinteger(state, static_cast<lua_Integer>(subject.size()) + 1);
        lua_replace(state, lua_upvalueindex(3));
        return 0;
    });
}

int gmatch(lua_State* state) {
    const auto subject = textAt(state, 1);
    textAt(state, 2);
    const auto from = std::min(startOf(state, 3, subject.size()), subject.size() + 1);
    lua_settop(state, 2);
    lua_pushinteger(state, static_cast<lua_Integer>(from));
    lua_pushinteger(state, -1);
    lua_pushcclosure(state, gmatchStep, 4);
    return 1;
}

/// Appends what replaces one match; false when the original stays.
bool appendReplacement(lua_State* state, std::string& out, std::string_view subject, const Pattern& found) {
    const auto whole = subject.substr(found.matchFrom(), found.matchTo() - found.matchFrom());
    const auto kind = lua_type(state, 3);
    if (kind == LUA_TSTRING || kind == LUA_TNUMBER) {
        const auto text = textAt(state, 3);
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (text[i] != '%') {
                out += text[i];
                continue;
            }
            const char next = ++i < text.size() ? text[i] : '\0';
            if (next == '%') {
                out += '%';
            } else if (next == '0') {
                out += whole;
            } else if (next >= '1' && next <= '9') {
                pushCapture(state, subject, found, static_cast<std::size_t>(next - '1'));
                out += textAt(state, -1);
                lua_pop(state, 1);
            } else {
                throw PatternError("invalid use of '%' in replacement string");
            }
        }
        return true;
    }
    if (kind == LUA_TFUNCTION) {
        lua_pushvalue(state, 3);
        const int count = pushCaptures(state, subject, found, true);
        lua_call(state, count, 1);
    } else {
        pushCapture(state, subject, found, 0);
        lua_gettable(state, 3);
    }
    const bool changed = lua_toboolean(state, -1) != 0;
    if (changed && lua_isstring(state, -1) == 0)
        luaL_error(state, "invalid replacement value (a %s)", luaL_typename(state, -1));
    if (changed) out += textAt(state, -1);
    lua_pop(state, 1);
    return changed;
}

int gsub(lua_State* state) {
    const auto subject = textAt(state, 1);
    const auto pattern = textAt(state, 2);
    const auto kind = lua_type(state, 3);
    luaL_argexpected(
        state, kind == LUA_TSTRING || kind == LUA_TNUMBER || kind == LUA_TFUNCTION || kind == LUA_TTABLE, 3,
        "string/function/table");
    const auto most = luaL_optinteger(state, 4, static_cast<lua_Integer>(subject.size()) + 1);
    const bool anchored = !pattern.empty() && pattern[0] == '^';
    return matching(state, [&] {
        auto& vm = Vm::of(state);
        const auto matcher = newPattern(state, subject, pattern);
        std::string out;
        std::size_t at = 0;
        std::size_t last = static_cast<std::size_t>(-1);
        lua_Integer count = 0;
        while (count < most) {
            if (matcher->matchAt(at) && matcher->matchTo() != last) {
                ++count;
                const auto before = out.size();
                if (!appendReplacement(state, out, subject, *matcher))
                    out += subject.substr(at, matcher->matchTo() - at);
                at = last = matcher->matchTo();
                vm.expectMemory(out.size());
                vm.charge(1 + (out.size() - before) / 16);
            } else if (at < subject.size()) {
                out += subject[at++];
            } else {
                break;
            }
            if (anchored) break;
        }
        if (at < subject.size()) out += subject.substr(at);
        vm.expectMemory(out.size());
        lua_pushlstring(state, out.data(), out.size());
        lua_pushinteger(state, count);
        return 2;
    });
}

}  // namespace

void pushStrings(lua_State* state) {
    lua_pushcfunction(state, luaopen_string);
    lua_call(state, 0, 1);
    const int library = lua_gettop(state);
    lua_createtable(state, 0, 16);
    for (const char* name : {"byte", "char", "len", "lower", "reverse", "sub", "upper"}) {
        lua_getfield(state, library, name);
        lua_pushcclosure(state, charged, 1);
        lua_setfield(state, -2, name);
    }
    lua_getfield(state, library, "format");
    lua_pushcclosure(state, format, 1);
    lua_setfield(state, -2, "format");
    static constexpr luaL_Reg own[] = {{"rep", rep},   {"find", find},     {"match", match},
                                       {"gsub", gsub}, {"gmatch", gmatch}, {nullptr, nullptr}};
    luaL_setfuncs(state, own, 0);
    // ("x"):rep and the like go to this table, not to the library's.
    lua_pushliteral(state, "");
    if (lua_getmetatable(state, -1) != 0) {
        lua_pushvalue(state, -3);
        lua_setfield(state, -2, "__index");
        lua_pop(state, 1);
    }
    lua_pop(state, 1);
    lua_remove(state, library);
}

}  // namespace overture::playbook
