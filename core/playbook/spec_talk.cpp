// `talk` in a spec: what happens to the conversation, and what can be seen of it.
#include <algorithm>

#include "base/text.hpp"
#include "base/time.hpp"
#include "playbook/lua_json.hpp"
#include "playbook/spec_run.hpp"

namespace overture::playbook {
namespace {

constexpr const char* kTalks = "overture.spec.talks";
constexpr int kMostTimes = 50;

using Open = SpecRun::Open;

struct Act {
    SpecWord word;
    void (*run)(lua_State* state, SpecRun& run, Open& open);
};
struct View {
    SpecWord word;
    Json (*of)(const Standing& standing);
};

void once(lua_State* state, SpecRun& run, const std::function<void()>& act) {
    if (++run.acts > SpecLimits::kActs)
        luaL_error(state, "a case may do %d things to its conversations", SpecLimits::kActs);
    run.guarded(state, act);
}

void repeatable(lua_State* state, SpecRun& run, Open& open, std::function<void()> act) {
    once(state, run, act);
    open.last = std::move(act);
}

void hears(lua_State* state, SpecRun& run, Open& open) {
    if (lua_type(state, 2) != LUA_TSTRING)
        luaL_error(state, "talk:hears needs the lead's words in quotes, not %s", luaL_typename(state, 2));
    std::string channel;
    if (lua_type(state, 3) == LUA_TTABLE) {
        refuseUnknownKeys(state, 3, "talk:hears", {"channel"});
        channel = textOf(jsonAt(state, 3), "channel");
    }
    repeatable(state, run, open, [&open, text = toValidUtf8(lua_tostring(state, 2)), channel] {
        open.talk->hears(text, channel);
    });
}

void again(lua_State* state, SpecRun& run, Open& open, lua_Integer more) {
    if (!open.last)
        luaL_error(state, "nothing has happened yet that could happen again; begin with talk:hears");
    for (lua_Integer i = 0; i < more; ++i) once(state, run, open.last);
}

void twice(lua_State* state, SpecRun& run, Open& open) {
    again(state, run, open, 1);
}

void times(lua_State* state, SpecRun& run, Open& open) {
    const auto count = luaL_checkinteger(state, 2);
    luaL_argcheck(state, count >= 1 && count <= kMostTimes, 2, "1 to 50 times");
    again(state, run, open, count - 1);
}

void later(lua_State* state, SpecRun& run, Open& open) {
    const auto time =
        lua_type(state, 2) == LUA_TSTRING ? parseDuration(lua_tostring(state, 2)) : std::nullopt;
    if (!time || *time <= seconds(0) || *time > days(366))
        luaL_error(state, "talk:later needs a time like \"15m\", \"2h\" or \"3d\", at most 366 days");
    repeatable(state, run, open, [&open, time = *time] { open.talk->later(time); });
}

Json tableFor(lua_State* state, const char* word, const std::vector<std::string>& keys) {
    if (lua_type(state, 2) != LUA_TTABLE) luaL_error(state, "%s needs a table: %s { … }", word, word);
    refuseUnknownKeys(state, 2, word, keys);
    return jsonAt(state, 2);
}

void modelSays(lua_State* state, SpecRun& run, Open& open) {
    std::vector<std::string> keys;
    for (const auto& key : specAnswerKeys()) keys.emplace_back(key.name);
    const auto answer = tableFor(state, "talk:model_says", keys);
    once(state, run, [&] { open.talk->modelSays(answer); });
}

void overseerSays(lua_State* state, SpecRun& run, Open& open) {
    const auto answer = tableFor(state, "talk:overseer_says", {"verdict", "reasons"});
    once(state, run, [&] { open.talk->overseerSays(answer); });
}

void modelFails(lua_State* state, SpecRun& run, Open& open) {
    once(state, run, [&] { open.talk->modelsFail(true); });
}

void modelRecovers(lua_State* state, SpecRun& run, Open& open) {
    once(state, run, [&] { open.talk->modelsFail(false); });
}

void takenOver(lua_State* state, SpecRun& run, Open& open) {
    once(state, run, [&] { open.talk->takeOver(); });
}

void givenBack(lua_State* state, SpecRun& run, Open& open) {
    once(state, run, [&] { open.talk->giveBack(); });
}

const std::vector<Act>& acts() {
    static const std::vector<Act> all{
        {{"hears", "talk:hears(text, { channel = … })", "the lead writes this; the agent answers at once"},
         hears},
        {{"twice", "talk:twice()", "the last thing happens once more: talk:hears(\"no\"):twice()"}, twice},
        {{"times", "talk:times(n)", "the same, n times in all"}, times},
        {{"later", "talk:later(\"2d\")",
          "time goes by; touches, quiet rules and reminders happen when they are due"},
         later},
        {{"model_says", "talk:model_says { … }", "the model's next draft, instead of the scripted model's"},
         modelSays},
        {{"overseer_says", "talk:overseer_says { verdict = …, reasons = { … } }",
          "what the Overseer's model says next: approve, revise, hold or stop"},
         overseerSays},
        {{"model_fails", "talk:model_fails()", "no model answers from now on"}, modelFails},
        {{"model_recovers", "talk:model_recovers()", "and now it answers again"}, modelRecovers},
        {{"taken_over", "talk:taken_over()", "a person of the organization takes the conversation"},
         takenOver},
        {{"given_back", "talk:given_back()", "and gives it back"}, givenBack},
    };
    return all;
}

std::string saidSince(const Standing& standing, std::size_t from) {
    std::string all;
    for (auto i = from; i < standing.messages.size(); ++i)
        if (standing.messages[i].direction == "out")
            all += (all.empty() ? "" : "\n") + standing.messages[i].text;
    return all;
}

Json orNil(const std::string& text) {
    return text.empty() ? Json(nullptr) : Json(text);
}

Json messagesOf(const Standing& standing) {
    Json all = Json::array();
    for (const auto& line : standing.messages)
        all.push_back({{"direction", line.direction},
                       {"text", line.text},
                       {"channel", line.channel},
                       {"stage", line.stage},
                       {"at", toRfc3339(line.at)}});
    return all;
}

Json sentOf(const Standing& standing) {
    Json all = Json::array();
    for (const auto& line : standing.messages)
        if (line.direction == "out" && !line.earlier) all.push_back(line.text);
    return all;
}

Json notesOf(const Standing& standing) {
    Json all = Json::array();
    for (const auto& line : standing.messages)
        if (line.direction == "note") all.push_back(line.text);
    return all;
}

const std::vector<View>& views() {
    static const std::vector<View> all{
        {{"stage", "text", "where the conversation stands"},
         [](const Standing& s) -> Json { return s.stage; }},
        {{"state", "text", "open, held, taken or closed"}, [](const Standing& s) -> Json { return s.state; }},
        {{"reason", "text", "why it is held or closed; nil while it is open"},
         [](const Standing& s) { return orNil(s.reason); }},
        {{"reply", "text", "what was sent because of the last thing that happened; nil when nothing was"},
         [](const Standing& s) { return orNil(saidSince(s, s.news)); }},
        {{"sent", "list", "every text sent since the case began"}, sentOf},
        {{"messages", "list", "{ direction, text, channel, stage, at }, oldest first"}, messagesOf},
        {{"notes", "list", "what the playbook noted for people"}, notesOf},
        {{"facts", "table", "what is known"}, [](const Standing& s) { return s.facts; }},
        {{"unconfirmed", "table", "what was understood and not confirmed yet"},
         [](const Standing& s) { return s.unconfirmed; }},
        {{"variant", "text", "the variant whose wordings this lead gets; empty: the playbook's own"},
         [](const Standing& s) -> Json { return s.variant; }},
        {{"checkpoints", "list", "those that were reached, by name"},
         [](const Standing& s) -> Json { return s.checkpoints; }},
        {{"score", "number", "the points of those that were reached"},
         [](const Standing& s) -> Json { return s.score; }},
        {{"lead", "table", "the lead, as the playbook sees it"}, [](const Standing& s) { return s.lead; }},
        {{"language", "text", "language code"}, [](const Standing& s) -> Json { return s.language; }},
        {{"channel", "text", "of the last message"}, [](const Standing& s) -> Json { return s.channel; }},
        {{"sentiment", "text", "positive, neutral or negative"},
         [](const Standing& s) { return orNil(s.sentiment); }},
        {{"offered", "list", "the free times offered, as the lead reads them"},
         [](const Standing& s) -> Json { return s.offered; }},
        {{"meeting", "table", "{ text, manager, from, to } once it is booked; otherwise nil"},
         [](const Standing& s) { return s.meeting.value_or(Json(nullptr)); }},
        {{"verdict", "text", "the Overseer's last verdict: approve, revise, hold or stop"},
         [](const Standing& s) {
             return s.reviews.empty() ? Json(nullptr) : Json(s.reviews.back().verdict);
         }},
        {{"tools", "list", "{ capability, arguments, ok, why } of each tool that the last turn asked"},
         [](const Standing& s) { return s.why.value("tools", Json::array()); }},
        {{"now", "text", "the lead's clock: \"Mon 14 Sep 2026 10:00\""},
         [](const Standing& s) -> Json { return localTime(isZone(s.zone) ? s.zone : "UTC", s.now).text(); }},
    };
    return all;
}

int act(lua_State* state) {
    auto& run = SpecRun::of(state);
    const auto& chosen = acts()[static_cast<std::size_t>(lua_tointeger(state, lua_upvalueindex(2)))];
    auto* open = specTalkAt(state, run, 1);
    if (open == nullptr)
        return luaL_error(state, "write talk:%s with a colon, not talk.%s", chosen.word.name,
                          chosen.word.name);
    chosen.run(state, run, *open);
    lua_settop(state, 1);
    return 1;
}

int index(lua_State* state) {
    auto& run = SpecRun::of(state);
    const std::string name = lua_type(state, 2) == LUA_TSTRING ? lua_tostring(state, 2) : "";
    auto* open = specTalkAt(state, run, 1);
    if (open == nullptr) return luaL_error(state, "this is no conversation");
    for (const auto& view : views())
        if (name == view.word.name) {
            pushJson(state, view.of(open->talk->standing()));
            return 1;
        }
    for (std::size_t i = 0; i < acts().size(); ++i)
        if (name == acts()[i].word.name) {
            lua_pushlightuserdata(state, &run);
            lua_pushinteger(state, static_cast<lua_Integer>(i));
            lua_pushcclosure(state, act, 2);
            return 1;
        }
    std::vector<std::string> known;
    for (const auto& view : views()) known.emplace_back(view.word.name);
    for (const auto& each : acts()) known.emplace_back(each.word.name);
    const auto near = nearest(name, known);
    return luaL_error(state, "a conversation has no \"%s\"%s", name.c_str(),
                      near.empty() ? "" : ("; did you mean \"" + near + "\"?").c_str());
}

int refuseWrite(lua_State* state) {
    return luaL_error(state, "a spec looks at the conversation and talks; it cannot set its parts");
}

}  // namespace

void pushSpecTalk(lua_State* state, SpecRun& run, std::size_t number) {
    lua_newtable(state);
    lua_newtable(state);
    for (const auto& [name, function] :
         {std::pair<const char*, lua_CFunction>{"__index", index}, {"__newindex", refuseWrite}}) {
        lua_pushlightuserdata(state, &run);
        lua_pushcclosure(state, function, 1);
        lua_setfield(state, -2, name);
    }
    lua_pushliteral(state, "conversation");
    lua_setfield(state, -2, "__name");
    lua_pushboolean(state, 0);
    lua_setfield(state, -2, "__metatable");
    lua_setmetatable(state, -2);
    luaL_getsubtable(state, LUA_REGISTRYINDEX, kTalks);
    lua_pushvalue(state, -2);
    lua_pushinteger(state, static_cast<lua_Integer>(number));
    lua_rawset(state, -3);
    lua_pop(state, 1);
}

SpecRun::Open* specTalkAt(lua_State* state, SpecRun& run, int at) {
    at = lua_absindex(state, at);
    if (lua_type(state, at) != LUA_TTABLE) return nullptr;
    luaL_getsubtable(state, LUA_REGISTRYINDEX, kTalks);
    lua_pushvalue(state, at);
    const bool known = lua_rawget(state, -2) == LUA_TNUMBER;
    auto* open = known ? run.talks[static_cast<std::size_t>(lua_tointeger(state, -1))].get() : nullptr;
    lua_pop(state, 2);
    return open;
}

void refuseUnknownKeys(lua_State* state, int at, const std::string& word,
                       const std::vector<std::string>& known) {
    const auto given = jsonAt(state, at);
    if (given.is_array() && !given.empty())
        luaL_error(state, "%s needs names: %s { %s = … }", word.c_str(), word.c_str(), known.front().c_str());
    if (!given.is_object()) return;
    for (const auto& [key, value] : given.items()) {
        if (std::find(known.begin(), known.end(), key) != known.end()) continue;
        const auto near = nearest(key, known);
        luaL_error(state, "%s has no \"%s\"; %s", word.c_str(), key.c_str(),
                   near.empty() ? ("it has " + join(known, ", ")).c_str()
                                : ("did you mean \"" + near + "\"?").c_str());
    }
}

const std::vector<SpecWord>& specTalkActs() {
    static const auto all = [] {
        std::vector<SpecWord> words;
        for (const auto& each : acts()) words.push_back(each.word);
        return words;
    }();
    return all;
}

const std::vector<SpecWord>& specTalkViews() {
    static const auto all = [] {
        std::vector<SpecWord> words;
        for (const auto& each : views()) words.push_back(each.word);
        return words;
    }();
    return all;
}

}  // namespace overture::playbook
