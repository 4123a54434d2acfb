#include "playbook/talk.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "base/time.hpp"
#include "playbook/lua_json.hpp"
#include "playbook/vocabulary.hpp"

namespace overture::playbook {
namespace {

constexpr const char* kTalk = "overture.talk";
constexpr const char* kPlaybook = "overture.playbook";
constexpr std::size_t kMostActs = 50;
constexpr std::size_t kLongestQuestion = std::size_t{4} << 10;

Talk& talkOf(lua_State* state) {
    return *static_cast<Talk*>(lua_touserdata(state, lua_upvalueindex(1)));
}

/// The names in playbook[table]; leaves the stack as it was.
std::vector<std::string> namesIn(lua_State* state, const char* table) {
    std::vector<std::string> names;
    const int top = lua_gettop(state);
    Talk::pushPlaybook(state);
    lua_pushstring(state, table);
    if (lua_rawget(state, -2) == LUA_TTABLE) {
        lua_pushnil(state);
        while (lua_next(state, -2) != 0) {
            if (lua_type(state, -2) == LUA_TSTRING) names.emplace_back(lua_tostring(state, -2));
            lua_pop(state, 1);
        }
    }
    lua_settop(state, top);
    std::sort(names.begin(), names.end());
    return names;
}

bool has(const std::vector<std::string>& names, const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
}

int unknownName(lua_State* state, const std::string& what, const std::string& name,
                const std::vector<std::string>& known) {
    const auto near = nearest(name, known);
    return luaL_error(state, "there is no %s \"%s\"%s", what.c_str(), name.c_str(),
                      near.empty() ? "" : ("; did you mean \"" + near + "\"?").c_str());
}

Act::Kind kindNamed(const std::string& name) {
    using Kind = Act::Kind;
    static const std::vector<std::pair<std::string, Kind>> kinds = {
        {"say", Kind::say},           {"draft", Kind::draft}, {"go", Kind::go},     {"wait", Kind::wait},
        {"handover", Kind::handover}, {"close", Kind::close}, {"book", Kind::book}, {"note", Kind::note}};
    for (const auto& [known, kind] : kinds)
        if (known == name) return kind;
    return Kind::note;
}

seconds durationAt(lua_State* state, int index) {
    if (lua_type(state, index) == LUA_TNUMBER) {
        const auto given = luaL_checknumber(state, index);
        luaL_argcheck(state, given >= 0 && given <= 366.0 * 86400, index, "between 0 seconds and 366 days");
        return seconds(static_cast<std::int64_t>(given));
    }
    const auto value = parseDuration(luaL_checkstring(state, index));
    luaL_argcheck(state, value && *value >= seconds{0} && *value <= std::chrono::days(366), index,
                  "a duration like \"15m\", \"2h\" or \"3d\"");
    return *value;
}

}  // namespace

void Talk::push(lua_State* state) {
    lua_getfield(state, LUA_REGISTRYINDEX, kTalk);
}
void Talk::pushPlaybook(lua_State* state) {
    lua_getfield(state, LUA_REGISTRYINDEX, kPlaybook);
}

void Talk::open(lua_State* state, int playbook) {
    lua_pushvalue(state, playbook);
    lua_setfield(state, LUA_REGISTRYINDEX, kPlaybook);
    lua_newtable(state);
    lua_newtable(state);
    lua_pushlightuserdata(state, this);
    lua_pushcclosure(state, &Talk::index, 1);
    lua_setfield(state, -2, "__index");
    lua_pushliteral(state, "talk");
    lua_setfield(state, -2, "__name");
    lua_pushboolean(state, 0);
    lua_setfield(state, -2, "__metatable");
    lua_setmetatable(state, -2);
    lua_setfield(state, LUA_REGISTRYINDEX, kTalk);
}

void Talk::setFacts(lua_State* state, const Json& facts) {
    view_.facts = facts;
    push(state);
    lua_pushliteral(state, "facts");
    lua_pushnil(state);
    lua_rawset(state, -3);
    lua_pop(state, 1);
}

void Talk::decideOnly(bool yes) {
    decideOnly_ = yes;
    missedFact_ = false;
}

int Talk::index(lua_State* state) {
    auto& talk = talkOf(state);
    const std::string name = lua_type(state, 2) == LUA_TSTRING ? lua_tostring(state, 2) : "";
    for (const auto& member : talkMembers()) {
        if (name != member.name) continue;
        if (member.method) {
            lua_pushlightuserdata(state, &talk);
            lua_pushvalue(state, 2);
            lua_pushcclosure(state, &Talk::act, 2);
        } else {
            talk.pushView(state, name);
        }
        lua_pushvalue(state, 2);
        lua_pushvalue(state, -2);
        lua_rawset(state, 1);
        return 1;
    }
    std::vector<std::string> known;
    for (const auto& member : talkMembers()) known.emplace_back(member.name);
    return unknownName(state, "talk.", name, known);
}

void Talk::pushView(lua_State* state, const std::string& name) {
    if (name == "lead") pushJson(state, view_.lead.is_object() ? view_.lead : Json::object());
    if (name == "settings") pushJson(state, view_.settings.is_object() ? view_.settings : Json::object());
    if (name == "messages") pushJson(state, *view_.messages);
    if (name == "facts") pushFacts(state);
    if (name == "now") pushNow(state);
    if (name == "stage") pushJson(state, view_.stage);
    if (name == "channel") pushJson(state, view_.channel);
    if (name == "language") pushJson(state, view_.language);
    if (name == "variant") pushJson(state, view_.variant);
    if (name == "persona") {
        pushPlaybook(state);
        lua_pushliteral(state, "persona");
        if (lua_rawget(state, -2) != LUA_TTABLE) {
            lua_pop(state, 1);
            lua_newtable(state);
        }
    }
}

void Talk::pushFacts(lua_State* state) {
    pushJson(state, view_.facts.is_object() ? view_.facts : Json::object());
    lua_newtable(state);
    lua_pushlightuserdata(state, this);
    lua_pushcclosure(state, &Talk::factIndex, 1);
    lua_setfield(state, -2, "__index");
    lua_pushboolean(state, 0);
    lua_setfield(state, -2, "__metatable");
    lua_setmetatable(state, -2);
}

int Talk::factIndex(lua_State* state) {
    const std::string name =
        lua_type(state, 2) == LUA_TSTRING ? lua_tostring(state, 2) : luaL_typename(state, 2);
    const auto known = namesIn(state, "facts");
    if (!has(known, name)) return unknownName(state, "fact", name, known);
    talkOf(state).missedFact_ = true;
    lua_pushnil(state);
    return 1;
}

void Talk::pushNow(lua_State* state) const {
    const auto local = localTime(isZone(view_.zone) ? view_.zone : "UTC", view_.now);
    static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    lua_createtable(state, 0, 6);
    const auto set = [&](const char* name, lua_Integer value) {
        lua_pushinteger(state, value);
        lua_setfield(state, -2, name);
    };
    set("year", static_cast<int>(local.date.year()));
    set("month", static_cast<unsigned>(local.date.month()));
    set("day", static_cast<unsigned>(local.date.day()));
    set("hour", local.timeOfDay / hours(1));
    set("min", local.timeOfDay % hours(1) / minutes(1));
    lua_pushstring(state, kDays[local.weekday.c_encoding()]);
    lua_setfield(state, -2, "weekday");
}

void Talk::readAct(lua_State* state, Act& act) {
    using Kind = Act::Kind;
    const auto textAt = [&](int index) {
        std::size_t length = 0;
        const char* text = luaL_checklstring(state, index, &length);
        Vm::of(state).output(length);
        auto valid = toValidUtf8(std::string_view(text, length));
        if (trim(valid).empty()) luaL_argerror(state, index, "an empty text");
        return valid;
    };
    switch (act.kind) {
        case Kind::wait: act.duration = durationAt(state, 2); break;
        case Kind::go: {
            act.text = textAt(2);
            if (const auto stages = namesIn(state, "stages"); !has(stages, act.text))
                unknownName(state, "stage", act.text, stages);
            break;
        }
        case Kind::handover:
        case Kind::close:
            if (!lua_isnoneornil(state, 2)) act.text = textAt(2);
            break;
        case Kind::book: act.arguments = lua_isnoneornil(state, 2) ? Json::object() : jsonAt(state, 2); break;
        default: act.text = textAt(2); break;
    }
}

/// A question of a tool is answered at once: true and what it said, or false and why not.
int Talk::use(lua_State* state) {
    const std::string capability = luaL_checkstring(state, 2);
    const auto known = toolNames();
    if (!has(known, capability)) return unknownName(state, "capability", capability, known);
    const auto arguments = lua_isnoneornil(state, 3) ? Json::object() : jsonAt(state, 3);
    if (!arguments.is_object())
        return luaL_error(state, "talk:use(\"%s\", …): the arguments must be a table with names",
                          capability.c_str());
    if (toText(arguments).size() > kLongestQuestion)
        return luaL_error(state, "talk:use(\"%s\", …): the arguments are longer than %d bytes",
                          capability.c_str(), static_cast<int>(kLongestQuestion));
    Json said{{"ok", false}, {"why", "nobody is asked here"}};
    if (ask_) Vm::of(state).outside([&] { said = ask_(capability, arguments); });
    const bool ok = said.at("ok").get<bool>();
    lua_pushboolean(state, ok ? 1 : 0);
    pushJson(state, said.at(ok ? "answer" : "why"));
    return 2;
}

/// Upvalues: Talk*, name.
int Talk::act(lua_State* state) {
    auto& talk = talkOf(state);
    const std::string name = lua_tostring(state, lua_upvalueindex(2));
    push(state);
    if (lua_rawequal(state, 1, -1) == 0)
        return luaL_error(state, "call it as talk:%s(…), with a colon", name.c_str());
    lua_pop(state, 1);
    if (name == "use") return talk.use(state);
    if (talk.decideOnly_)
        return luaL_error(state, "talk:%s: a move function only answers yes or no", name.c_str());
    Act act{kindNamed(name), {}, {}, Json::object()};
    talk.readAct(state, act);
    if (talk.acts_.size() >= kMostActs)
        return luaL_error(state, "talk:%s: more than %d acts in one turn", name.c_str(),
                          static_cast<int>(kMostActs));
    const bool outward =
        act.kind == Act::Kind::say || act.kind == Act::Kind::draft || act.kind == Act::Kind::book;
    if (outward && talk.outward_) {
        lua_pushboolean(state, 0);
        lua_pushliteral(state, "this turn already has its message");
        return 2;
    }
    talk.outward_ = talk.outward_ || outward;
    talk.acts_.push_back(std::move(act));
    lua_pushboolean(state, 1);
    return 1;
}

}  // namespace overture::playbook
