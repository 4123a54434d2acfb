#include <algorithm>

#include "base/text.hpp"
#include "playbook/explain.hpp"
#include "playbook/lua_json.hpp"
#include "playbook/sandbox.hpp"
#include "playbook/talk.hpp"
#include "playbook/vocabulary.hpp"

namespace overture::playbook {
namespace {

/// In the run phase a declaration is the table it was given: the checks were made when the playbook was
/// loaded.
int declare(lua_State* state) {
    lua_settop(state, 1);
    if (lua_type(state, 1) != LUA_TTABLE) luaL_checktype(state, 1, LUA_TTABLE);
    return 1;
}

int amount(lua_State* state) {
    luaL_checknumber(state, 1);
    lua_settop(state, 1);
    return 1;
}

/// Upvalue: const Files*.
int file(lua_State* state) {
    const auto& files = *static_cast<const Files*>(lua_touserdata(state, lua_upvalueindex(1)));
    const auto found = files.find(luaL_checkstring(state, 1));
    if (found == files.end()) return luaL_error(state, "there is no file \"%s\"", lua_tostring(state, 1));
    lua_pushlstring(state, found->second.data(), found->second.size());
    return 1;
}

/// A misspelt name is a mistake here, not nil.
int unknownGlobal(lua_State* state) {
    const std::string name =
        lua_type(state, 2) == LUA_TSTRING ? lua_tostring(state, 2) : luaL_typename(state, 2);
    return luaL_error(state, "there is no word \"%s\". %s", name.c_str(),
                      helpForUnknownWord(name, knownWords()).c_str());
}

void addVocabulary(lua_State* state, const Files& files) {
    for (const auto& word : words()) {
        if (!word.callable) continue;
        lua_pushcfunction(state, declare);
        lua_setglobal(state, word.name);
    }
    for (const auto& name : amountWords()) {
        lua_pushcfunction(state, amount);
        lua_setglobal(state, name.c_str());
    }
    lua_pushlightuserdata(state, const_cast<Files*>(&files));
    lua_pushcclosure(state, file, 1);
    lua_setglobal(state, "file");
    lua_pushglobaltable(state);
    lua_createtable(state, 0, 1);
    lua_pushcfunction(state, unknownGlobal);
    lua_setfield(state, -2, "__index");
    lua_setmetatable(state, -2);
    lua_pop(state, 1);
}

/// Replaces the table on top of the stack by its field, without metamethods; nil when there is no table.
int field(lua_State* state, const std::string& name) {
    if (lua_type(state, -1) != LUA_TTABLE) {
        lua_pop(state, 1);
        lua_pushnil(state);
        return LUA_TNIL;
    }
    lua_pushlstring(state, name.data(), name.size());
    const int type = lua_rawget(state, -2);
    lua_remove(state, -2);
    return type;
}

/// What Lua says when a value that is nil is compared, reckoned with or joined.
bool isAboutNil(const std::string& message) {
    return message.find("attempt to") != std::string::npos && message.find("nil") != std::string::npos;
}

}  // namespace

struct Script::Impl {
    Files files;
    Vm vm{Limits{}};
    Talk talk;

    Impl(const Files& all, const TalkView& view, AskTool ask) : files(all), talk(view, std::move(ask)) {
        vm.protect([&](lua_State* state) {
            openSandbox(state, view.seed, nullptr);
            addVocabulary(state, files);
            loadKept(state, files.at("playbook.lua"), "playbook.lua");
            lua_call(state, 0, 1);
            talk.open(state, lua_gettop(state));
        });
    }
    /// What the function at this path of the playbook answers; yes where words stand.
    bool saysYes(const std::vector<std::string>& path);
};

Script::Script(const Files& files, const TalkView& view, AskTool ask)
    : impl_(std::make_unique<Impl>(files, view, std::move(ask))) {}
Script::~Script() = default;

bool Script::Impl::saysYes(const std::vector<std::string>& path) {
    bool allowed = false;
    talk.decideOnly(true);
    try {
        vm.protect([&](lua_State* state) {
            Talk::pushPlaybook(state);
            int type = LUA_TTABLE;
            for (const auto& name : path) type = field(state, name);
            if (type != LUA_TFUNCTION) {
                allowed = type == LUA_TSTRING;
                return;
            }
            Talk::push(state);
            lua_call(state, 1, 1);
            allowed = lua_toboolean(state, -1) != 0;
        });
    } catch (const ScriptError& error) {
        // A fact that is not known yet: the move cannot be made now. Any other mistake is the author's.
        if (!error.limit().empty() || !talk.missedFact() || !isAboutNil(error.problem().what)) throw;
        allowed = false;
    }
    talk.decideOnly(false);
    return allowed;
}

bool Script::moveAllowed(const std::string& stage, const std::string& to) {
    return impl_->saysYes({"stages", stage, "moves", to});
}

bool Script::checkpointHolds(const std::string& name) {
    return impl_->saysYes({"checkpoints", name, "when"});
}

std::vector<Act> Script::onReply(const std::string& text) {
    impl_->vm.protect([&](lua_State* state) {
        Talk::pushPlaybook(state);
        field(state, "on");
        if (field(state, "reply") != LUA_TFUNCTION) return;
        Talk::push(state);
        lua_newtable(state);
        pushJson(state, toValidUtf8(text));
        lua_setfield(state, -2, "text");
        for (const char* name : {"channel", "language"}) {
            lua_getfield(state, -2, name);
            lua_setfield(state, -2, name);
        }
        lua_call(state, 2, 0);
    });
    return impl_->talk.takeActs();
}

void Script::setFacts(const Json& facts) {
    impl_->vm.protect([&](lua_State* state) { impl_->talk.setFacts(state, facts); });
}

}  // namespace overture::playbook
