#include "playbook/loader.hpp"

#include <map>

#include "base/text.hpp"
#include "playbook/explain.hpp"
#include "playbook/order.hpp"
#include "playbook/outline.hpp"
#include "playbook/sandbox.hpp"
#include "playbook/vocabulary.hpp"

namespace overture::playbook {
namespace {

constexpr int kDeepestNode = 24;

struct Mark {
    std::string word;
    int line = 0;
    int order = 0;
};

struct Loading {
    const Files& files;
    std::string name;
    Outline outline;
    Loaded result;
    std::map<const void*, Mark> marks;  ///< by table; the tables are kept alive in the registry
    std::vector<int> persons;           ///< registry references
    std::string suggestion;             ///< for the error on its way
    bool compiling = false;             ///< whether an error is one of syntax

    Loading(const Files& all, const std::string& file) : files(all), name(file), outline(all.at(file)) {}
    void finding(int line, std::string message, std::string help) {
        result.findings.push_back(
            {"error", name + ":" + std::to_string(line), std::move(message), std::move(help)});
    }
};

std::string upperAscii(std::string text) {
    for (auto& c : text)
        if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    return text;
}

Loading& loadingOf(lua_State* state) {
    return *static_cast<Loading*>(lua_touserdata(state, lua_upvalueindex(1)));
}

int callerLine(lua_State* state) {
    lua_Debug frame;
    if (lua_getstack(state, 1, &frame) == 0) return 0;
    lua_getinfo(state, "l", &frame);
    return frame.currentline;
}

/// Remembers the table on top of the stack as `word { … }`.
void mark(lua_State* state, Loading& loading, const std::string& word) {
    const auto* address = lua_topointer(state, -1);
    loading.marks[address] = {word, callerLine(state), static_cast<int>(loading.marks.size()) + 1};
    lua_pushvalue(state, -1);
    const int reference = luaL_ref(state, LUA_REGISTRYINDEX);
    if (word == "person") loading.persons.push_back(reference);
}

int construct(lua_State* state) {
    auto& loading = loadingOf(state);
    const std::string word = lua_tostring(state, lua_upvalueindex(2));
    if (lua_type(state, 1) != LUA_TTABLE) {
        loading.suggestion = "Write " + word + " { … } with curly braces.";
        return luaL_error(state, "%s needs a table, not %s", word.c_str(),
                          lua_isnoneornil(state, 1) ? "nothing" : luaL_typename(state, 1));
    }
    lua_settop(state, 1);
    const auto known = loading.marks.find(lua_topointer(state, 1));
    if (known != loading.marks.end())
        return luaL_error(state, "this table is already a %s", known->second.word.c_str());
    mark(state, loading, word);
    return 1;
}

int file(lua_State* state) {
    auto& loading = loadingOf(state);
    const std::string path = luaL_checkstring(state, 1);
    lua_newtable(state);
    lua_pushstring(state, path.c_str());
    lua_rawseti(state, -2, 1);
    mark(state, loading, "file");
    if (!loading.files.contains(path)) {
        std::vector<std::string> paths;
        for (const auto& [known, text] : loading.files) paths.push_back(known);
        const auto near = nearest(path, paths);
        loading.finding(callerLine(state), "there is no file \"" + path + "\"",
                        near.empty() ? "Add it under texts/ in the playbook's folder."
                                     : "Did you mean \"" + near + "\"?");
    }
    return 1;
}

/// usd(80): an amount that knows its currency. In the run phase it is the number itself.
int amount(lua_State* state) {
    auto& loading = loadingOf(state);
    const std::string currency = lua_tostring(state, lua_upvalueindex(2));
    luaL_checknumber(state, 1);
    lua_newtable(state);
    lua_pushvalue(state, 1);
    lua_rawseti(state, -2, 1);
    mark(state, loading, currency);
    return 1;
}

int unknownGlobal(lua_State* state) {
    auto& loading = loadingOf(state);
    const std::string name =
        lua_type(state, 2) == LUA_TSTRING ? lua_tostring(state, 2) : luaL_typename(state, 2);
    loading.suggestion = helpForUnknownWord(name, knownWords());
    return luaL_error(state, "there is no word \"%s\"", name.c_str());
}

void addWord(lua_State* state, Loading& loading, lua_CFunction function, const char* name,
             const char* value) {
    lua_pushlightuserdata(state, &loading);
    lua_pushstring(state, value);
    lua_pushcclosure(state, function, 2);
    lua_setglobal(state, name);
}

void addVocabulary(lua_State* state, Loading& loading) {
    for (const auto& word : words())
        if (word.callable) addWord(state, loading, construct, word.name, word.name);
    addWord(state, loading, file, "file", "file");
    for (const auto& word : amountWords())
        addWord(state, loading, amount, word.c_str(), upperAscii(word).c_str());
    lua_pushglobaltable(state);
    lua_newtable(state);
    lua_pushlightuserdata(state, &loading);
    lua_pushcclosure(state, unknownGlobal, 1);
    lua_setfield(state, -2, "__index");
    lua_setmetatable(state, -2);
    lua_pop(state, 1);
}

Node nodeAt(lua_State* state, Loading& loading, const Group* group, int line, int depth);

Node tableAt(lua_State* state, Loading& loading, const Group* group, int line, int depth) {
    if (depth > kDeepestNode)
        luaL_error(state, "tables are nested deeper than %d levels, or in themselves", kDeepestNode);
    Node node;
    node.type = Node::Type::table;
    node.line = line;
    const int table = lua_gettop(state);
    if (const auto found = loading.marks.find(lua_topointer(state, table)); found != loading.marks.end()) {
        const auto& known = found->second;
        node.word = known.word;
        node.order = known.order;
        if (group == nullptr || group->word != known.word || group->line != known.line)
            group = loading.outline.find(known.word, known.line);
        node.line = known.line;
    }
    if (group != nullptr) node.twice = group->twice;
    const auto count = pushOrderedKeys(state, table);
    const int keys = lua_gettop(state);
    for (lua_Integer i = 1; i <= count; ++i) {
        lua_rawgeti(state, keys, i);
        const bool isItem = lua_isinteger(state, -1) != 0 &&
                            lua_tointeger(state, -1) == static_cast<lua_Integer>(node.items.size()) + 1;
        const std::string name = isItem                               ? ""
                                 : lua_type(state, -1) == LUA_TSTRING ? lua_tostring(state, -1)
                                                                      : luaL_tolstring(state, -1, nullptr);
        lua_settop(state, keys + 1);
        lua_rawget(state, table);
        Group::Entry entry{node.line, nullptr};
        if (group != nullptr && isItem && node.items.size() < group->items.size())
            entry = group->items[node.items.size()];
        if (group != nullptr && !isItem && group->keys.contains(name)) entry = group->keys.at(name);
        auto value = nodeAt(state, loading, entry.group, entry.line, depth + 1);
        if (isItem)
            node.items.push_back(std::move(value));
        else
            node.fields.emplace_back(name, std::move(value));
        lua_settop(state, keys);
    }
    lua_settop(state, table);
    return node;
}

/// The value on top of the stack.
Node nodeAt(lua_State* state, Loading& loading, const Group* group, int line, int depth) {
    luaL_checkstack(state, 10, "tables are nested too deeply");
    Node node;
    node.line = line;
    switch (lua_type(state, -1)) {
        case LUA_TBOOLEAN:
            node.type = Node::Type::flag;
            node.flag = lua_toboolean(state, -1) != 0;
            break;
        case LUA_TNUMBER:
            node.type = Node::Type::number;
            node.number = lua_tonumber(state, -1);
            node.whole = lua_isinteger(state, -1) != 0;
            break;
        case LUA_TSTRING: {
            std::size_t length = 0;
            const char* text = lua_tolstring(state, -1, &length);
            node.type = Node::Type::text;
            node.text = toValidUtf8(std::string_view(text, length));
            break;
        }
        case LUA_TTABLE: return tableAt(state, loading, group, line, depth);
        case LUA_TFUNCTION: node.type = Node::Type::function; break;
        default: break;
    }
    return node;
}

void run(Loading& loading) {
    Vm vm{Limits{}};
    vm.protect([&](lua_State* state) {
        openSandbox(state, 0, nullptr);
        addVocabulary(state, loading);
        loading.compiling = true;
        loadChunk(state, loading.files.at(loading.name), loading.name);
        loading.compiling = false;
        lua_call(state, 0, 1);
        loading.result.returned = nodeAt(state, loading, nullptr, 1, 0);
        lua_settop(state, 0);
        for (const int person : loading.persons) {
            lua_rawgeti(state, LUA_REGISTRYINDEX, person);
            loading.result.persons.push_back(nodeAt(state, loading, nullptr, 1, 0));
            lua_settop(state, 0);
        }
    });
}

}  // namespace

Loaded loadFile(const Files& files, const std::string& name) {
    Loading loading(files, name);
    if (files.at(name).size() > kLongestSource) {
        loading.finding(1, "the file is longer than " + std::to_string(kLongestSource / 1024) + " KiB",
                        "Move longer texts to files under texts/.");
        loading.result.failed = true;
        return std::move(loading.result);
    }
    try {
        run(loading);
    } catch (const ScriptError& error) {
        const auto problem = loading.compiling && error.limit().empty()
                                 ? explainSyntax(error.problem(), files.at(name))
                                 : error.problem();
        auto help = !loading.suggestion.empty() ? loading.suggestion : problem.remedy;
        loading.result.findings.push_back(
            {"error", problem.where.empty() ? name + ":1" : problem.where, problem.what, help});
        loading.result.failed = true;
    }
    return std::move(loading.result);
}

}  // namespace overture::playbook
