// expect(value): what must be so, in words of the domain. One table: name, what is looked at, what is said when it fails.
#include <algorithm>
#include <cmath>

#include "base/text.hpp"
#include "base/time.hpp"
#include "playbook/lua_json.hpp"
#include "playbook/spec_run.hpp"

namespace overture::playbook {
namespace {

constexpr std::size_t kLongestShown = 400;

/// What one look at the value found.
struct Found {
    bool holds = false;
    std::string expected;  ///< "to be booked"; told as "not to be booked" for the contrary
    std::string instead;
};

struct Subject {
    const Standing* standing;  ///< of a talk; null for a plain value
    Json value;                ///< of a plain value
    std::string name;
};

struct Expectation {
    const char* verb;  ///< "is"
    const char* rest;  ///< "booked"; "" for expect(x):is
    const char* arguments;
    const char* about;
    bool ofTalk;
    bool contrary;  ///< has a word for the contrary: is_not_booked
    Found (*look)(lua_State* state, const Subject& subject);

    std::string name(bool negated) const {
        return std::string(verb) + (negated ? "_not" : "") + (*rest == '\0' ? "" : std::string("_") + rest);
    }
};

std::string shown(const Json& value) {
    if (value.is_null()) return "nil";
    auto text = value.is_string() ? "\"" + value.get<std::string>() + "\"" : toText(value);
    if (text.size() > kLongestShown) text = toValidUtf8(text.substr(0, kLongestShown)) + "…";
    return text;
}

std::string standsIn(const Standing& s) {
    return "it is " + s.state + (s.reason.empty() ? "" : " (" + s.reason + ")") + " in stage \"" + s.stage +
           "\"";
}

bool contains(const std::string& text, const std::string& part) {
    return foldCase(text).find(foldCase(part)) != std::string::npos;
}

std::string reasonAt(lua_State* state) {
    return lua_type(state, 2) == LUA_TSTRING ? lua_tostring(state, 2) : "";
}

Found inState(lua_State* state, const Subject& subject, const char* name) {
    const auto& s = *subject.standing;
    const auto reason = reasonAt(state);
    return {s.state == name && (reason.empty() || contains(s.reason, reason)),
            std::string("to be ") + name + (reason.empty() ? "" : " because of \"" + reason + "\""),
            standsIn(s)};
}

/// has_sent(2), has_sent("text"), has_sent { at_least = , at_most = , saying = , by = }
Found hasSent(lua_State* state, const Subject& subject) {
    Json wish = Json::object();
    if (lua_type(state, 2) == LUA_TTABLE) {
        refuseUnknownKeys(state, 2, "has_sent", {"exactly", "at_least", "at_most", "saying", "by"});
        wish = jsonAt(state, 2);
    } else if (lua_isinteger(state, 2) != 0) {
        wish["exactly"] = lua_tointeger(state, 2);
    } else if (lua_type(state, 2) == LUA_TSTRING) {
        wish["saying"] = lua_tostring(state, 2);
    } else if (!lua_isnoneornil(state, 2)) {
        luaL_error(state, "has_sent takes a number, a text in quotes, or { at_most = 3 } and the like");
    }
    const auto saying = textOf(wish, "saying"), by = textOf(wish, "by");
    std::int64_t count = 0;
    for (const auto& line : subject.standing->messages)
        if (line.direction == "out" && !line.earlier && (saying.empty() || contains(line.text, saying)) &&
            (by.empty() || line.channel == by))
            ++count;
    const auto number = [&](const char* key, std::int64_t otherwise) {
        return wish.contains(key) && wish[key].is_number_integer() ? wish[key].get<std::int64_t>()
                                                                   : otherwise;
    };
    const auto least = number("exactly", number("at_least", wish.contains("at_most") ? 0 : 1));
    const auto most = number("exactly", number("at_most", count));
    std::string expected = "to have sent ";
    if (wish.contains("exactly")) expected += "exactly " + std::to_string(least) + " ";
    if (wish.contains("at_least")) expected += "at least " + std::to_string(least) + " ";
    if (wish.contains("at_most")) expected += "at most " + std::to_string(most) + " ";
    expected += "messages";
    if (!saying.empty()) expected += " saying \"" + saying + "\"";
    if (!by.empty()) expected += " by " + by;
    return {count >= least && count <= most, expected, "there are " + std::to_string(count)};
}

std::string newReply(const Standing& s) {
    std::string all;
    for (auto i = s.news; i < s.messages.size(); ++i)
        if (s.messages[i].direction == "out") all += (all.empty() ? "" : "\n") + s.messages[i].text;
    return all;
}

Found hasReplied(lua_State* state, const Subject& subject) {
    const auto part = reasonAt(state);
    const auto reply = newReply(*subject.standing);
    return {!reply.empty() && (part.empty() || contains(reply, part)),
            part.empty() ? "to have replied" : "to have replied \"" + part + "\"",
            reply.empty() ? "nothing was sent" : "it sent \"" + reply + "\""};
}

Found isOptedOut(lua_State*, const Subject& subject) {
    const auto& s = *subject.standing;
    return {!s.optedOut.empty(), "to be opted out", standsIn(s)};
}

Found onEveryChannel(lua_State*, const Subject& subject) {
    const auto& s = *subject.standing;
    std::vector<std::string> still;
    for (const auto& channel : s.channels)
        if (std::find(s.optedOut.begin(), s.optedOut.end(), channel) == s.optedOut.end())
            still.push_back(channel);
    return {still.empty(), "to be opted out on every channel",
            "it may still be reached by " + join(still, ", ")};
}

Found isBooked(lua_State* state, const Subject& subject) {
    const auto& s = *subject.standing;
    const auto with = reasonAt(state);
    const auto text = s.meeting ? textOf(*s.meeting, "text") + " with " + textOf(*s.meeting, "manager") : "";
    return {s.meeting && (with.empty() || contains(text, with)),
            with.empty() ? "to be booked" : "to be booked for \"" + with + "\"",
            s.meeting ? "it is booked for " + text : "there is no meeting; " + standsIn(s)};
}

Found hasOffered(lua_State* state, const Subject& subject) {
    const auto& offered = subject.standing->offered;
    const auto instead =
        offered.empty() ? std::string("no time is offered") : "offered is " + join(offered, ", ");
    if (lua_type(state, 2) == LUA_TSTRING) {
        const std::string part = lua_tostring(state, 2);
        const bool there = std::any_of(offered.begin(), offered.end(),
                                       [&](const std::string& each) { return contains(each, part); });
        return {there, "to have offered \"" + part + "\"", instead};
    }
    const auto count = luaL_optinteger(state, 2, -1);
    return {count < 0 ? !offered.empty() : static_cast<lua_Integer>(offered.size()) == count,
            count < 0 ? "to have offered times" : "to have offered " + std::to_string(count) + " times",
            instead};
}

Found knows(lua_State* state, const Subject& subject) {
    const auto& facts = subject.standing->facts;
    Json wish = Json::object();
    if (lua_type(state, 2) == LUA_TTABLE)
        wish = jsonAt(state, 2);
    else
        wish[luaL_checkstring(state, 2)] = nullptr;  // whatever its value
    bool all = true;
    std::string instead;
    for (const auto& [name, value] : wish.items()) {
        const bool known = facts.contains(name);
        all = all && known && (value.is_null() || facts[name] == value);
        instead +=
            (instead.empty() ? "" : ", ") + name + (known ? " is " + shown(facts[name]) : " is not known");
    }
    const bool named = lua_type(state, 2) != LUA_TTABLE;
    return {all, named ? "to know " + wish.begin().key() : "to know " + toText(wish), instead};
}

Found wasReviewed(lua_State* state, const Subject& subject, const char* verdict, const char* past) {
    const auto reason = reasonAt(state);
    std::vector<std::string> seen;
    bool holds = false;
    for (const auto& review : subject.standing->reviews) {
        const auto reasons = join(review.reasons, "; ");
        holds = holds || (review.verdict == verdict && (reason.empty() || contains(reasons, reason)));
        seen.push_back(review.verdict + (reasons.empty() ? "" : " (" + reasons + ")") + " of \"" +
                       review.draft + "\"");
    }
    return {holds,
            std::string("to have a draft ") + past + (reason.empty() ? "" : " because of \"" + reason + "\""),
            seen.empty() ? "nothing was reviewed" : "the Overseer said: " + join(seen, ", ")};
}

Found is(lua_State* state, const Subject& subject) {
    if (lua_isnone(state, 2)) luaL_error(state, "is needs a value: expect(talk.stage):is \"booking\"");
    const auto wish = jsonAt(state, 2);
    return {subject.value == wish, shown(wish), "there is " + shown(subject.value)};
}

Found has(lua_State* state, const Subject& subject) {
    const std::string part = luaL_checkstring(state, 2);
    bool holds = false;
    if (subject.value.is_string()) holds = contains(subject.value.get<std::string>(), part);
    if (subject.value.is_array())
        for (const auto& item : subject.value)
            holds = holds || (item.is_string() && contains(item.get<std::string>(), part));
    if (subject.value.is_object()) holds = subject.value.contains(part);
    return {holds, "to have \"" + part + "\"", "there is " + shown(subject.value)};
}

Found compared(lua_State* state, const Subject& subject, bool least) {
    const auto wish = luaL_checknumber(state, 2);
    const bool holds = subject.value.is_number() &&
                       (least ? subject.value.get<double>() >= wish : subject.value.get<double>() <= wish);
    return {holds, std::string(least ? "at least " : "at most ") + shown(jsonAt(state, 2)),
            "there is " + shown(subject.value)};
}

const std::vector<Expectation>& expectations() {
    static const std::vector<Expectation> all{
        {"is", "", "(value)", "equal to this", false, true, is},
        {"has", "", "(text)", "a text or list with this in it, a table with this key", false, true, has},
        {"is", "at_least", "(number)", "not less", false, false,
         [](lua_State* l, const Subject& s) { return compared(l, s, true); }},
        {"is", "at_most", "(number)", "not more", false, false,
         [](lua_State* l, const Subject& s) { return compared(l, s, false); }},
        {"has", "sent", "(text) (2) { at_least = 1, at_most = 3, exactly = 2, saying = \"…\", by = \"sms\" }",
         "messages sent since the case began", true, true, hasSent},
        {"has", "replied", "(text)",
         "something was sent because of the last thing that happened, with this in it", true, true,
         hasReplied},
        {"is", "open", "()", "the agent speaks", true, true,
         [](lua_State* l, const Subject& s) { return inState(l, s, "open"); }},
        {"is", "held", "(reason)", "waits for a person", true, true,
         [](lua_State* l, const Subject& s) { return inState(l, s, "held"); }},
        {"is", "taken", "()", "a person has it", true, true,
         [](lua_State* l, const Subject& s) { return inState(l, s, "taken"); }},
        {"is", "closed", "(reason)", "has ended", true, true,
         [](lua_State* l, const Subject& s) { return inState(l, s, "closed"); }},
        {"is", "opted_out", "()", "must not be contacted again", true, true, isOptedOut},
        {"on", "every_channel", "()", "and not by any channel: :is_opted_out():on_every_channel()", true,
         false, onEveryChannel},
        {"is", "booked", "(text)", "has a meeting; its time or manager has this in it", true, true, isBooked},
        {"has", "offered", "(3) (text)", "free times are offered: so many, or one with this in it", true,
         true, hasOffered},
        {"knows", "", "{ bill = 140 } (\"bill\")", "these facts are known", true, true, knows},
        {"was", "revised", "(reason)", "the Overseer sent a draft back, last time something happened", true,
         true, [](lua_State* l, const Subject& s) { return wasReviewed(l, s, "revise", "sent back"); }},
        {"was", "approved", "()", "the Overseer approved one", true, true,
         [](lua_State* l, const Subject& s) { return wasReviewed(l, s, "approve", "approved"); }},
    };
    return all;
}

/// Every name, the contraries too: name → {place in the table, negated}.
const std::vector<std::pair<std::string, std::pair<std::size_t, bool>>>& names() {
    static const auto all = [] {
        std::vector<std::pair<std::string, std::pair<std::size_t, bool>>> made;
        for (std::size_t i = 0; i < expectations().size(); ++i) {
            made.emplace_back(expectations()[i].name(false), std::pair{i, false});
            if (expectations()[i].contrary)
                made.emplace_back(expectations()[i].name(true), std::pair{i, true});
        }
        return made;
    }();
    return all;
}

std::string hintFor(const SpecRun& run, const Subject& subject, lua_State* state) {
    if (!subject.value.is_string() || lua_type(state, 2) != LUA_TSTRING || run.world == nullptr) return {};
    const auto& definition = run.world->definition();
    const std::string wish = lua_tostring(state, 2);
    if (definition.stage(subject.value.get<std::string>()) == nullptr || definition.stage(wish) != nullptr)
        return {};
    std::vector<std::string> stages;
    for (const auto& stage : definition.stages) stages.push_back(stage.name);
    const auto near = nearest(wish, stages);
    return "There is no stage \"" + wish + "\"" + (near.empty() ? "." : "; did you mean \"" + near + "\"?");
}

/// Upvalues: run, value or talk, place in names().
int judge(lua_State* state) {
    auto& run = SpecRun::of(state);
    const auto [place, negated] =
        names()[static_cast<std::size_t>(lua_tointeger(state, lua_upvalueindex(3)))].second;
    const auto& expectation = expectations()[place];
    const auto word = expectation.name(negated);
    if (lua_type(state, 1) != LUA_TTABLE)
        return luaL_error(state, "write expect(…):%s with a colon", word.c_str());
    lua_pushvalue(state, lua_upvalueindex(2));
    auto* open = specTalkAt(state, run, lua_gettop(state));
    Subject subject{open == nullptr ? nullptr : &open->talk->standing(), {}, "the conversation"};
    if (open == nullptr) {
        subject.value = jsonAt(state, lua_gettop(state));
        subject.name = shown(subject.value);
    }
    lua_pop(state, 1);
    if (expectation.ofTalk && open == nullptr)
        return luaL_error(state, "%s is said of a conversation: expect(talk):%s, not of %s", word.c_str(),
                          word.c_str(), subject.name.c_str());
    if (!expectation.ofTalk && open != nullptr)
        return luaL_error(state, "a conversation is no value; expect(talk.stage):%s looks at one part of it",
                          word.c_str());
    auto found = expectation.look(state, subject);
    if (found.holds == negated) {
        const auto who = expectation.ofTalk ? "expected the conversation " : "expected ";
        run.fail(state, who + std::string(negated ? "not " : "") + found.expected,
                 negated && !expectation.ofTalk ? "and that is what there is" : std::move(found.instead),
                 hintFor(run, subject, state));
    }
    lua_settop(state, 1);
    return 1;
}

/// Upvalues: run, value or talk.
int index(lua_State* state) {
    const std::string name = lua_type(state, 2) == LUA_TSTRING ? lua_tostring(state, 2) : "";
    for (std::size_t i = 0; i < names().size(); ++i) {
        if (names()[i].first != name) continue;
        lua_pushvalue(state, lua_upvalueindex(1));
        lua_pushvalue(state, lua_upvalueindex(2));
        lua_pushinteger(state, static_cast<lua_Integer>(i));
        lua_pushcclosure(state, judge, 3);
        return 1;
    }
    std::vector<std::string> known;
    for (const auto& [each, where] : names()) known.push_back(each);
    const auto near = nearest(name, known);
    return luaL_error(
        state, "there is no expectation \"%s\"%s", name.c_str(),
        near.empty() ? "; docs/playbooks.md lists them all" : ("; did you mean \"" + near + "\"?").c_str());
}

}  // namespace

int specExpect(lua_State* state) {
    auto& run = SpecRun::of(state);
    if (!run.inCase) return luaL_error(state, "expect(…) belongs inside it(\"…\", function() … end)");
    if (lua_gettop(state) == 0) return luaL_error(state, "expect needs a value: expect(talk):is_booked()");
    lua_settop(state, 1);
    lua_newtable(state);
    lua_newtable(state);
    lua_pushlightuserdata(state, &run);
    lua_pushvalue(state, 1);
    lua_pushcclosure(state, index, 2);
    lua_setfield(state, -2, "__index");
    lua_pushboolean(state, 0);
    lua_setfield(state, -2, "__metatable");
    lua_setmetatable(state, -2);
    return 1;
}

std::vector<SpecWord> specExpectations() {
    static const auto signatures = [] {
        std::vector<std::string> made;
        for (const auto& each : expectations())
            made.push_back("expect(…):" + each.name(false) + each.arguments);
        return made;
    }();
    static const auto abouts = [] {
        std::vector<std::string> made;
        for (const auto& each : expectations())
            made.push_back(std::string(each.about) +
                           (each.contrary ? "; the contrary is " + each.name(true) : ""));
        return made;
    }();
    static const auto plain = [] {
        std::vector<std::string> made;
        for (const auto& each : expectations()) made.push_back(each.name(false));
        return made;
    }();
    std::vector<SpecWord> all;
    for (std::size_t i = 0; i < expectations().size(); ++i)
        all.push_back({plain[i].c_str(), signatures[i].c_str(), abouts[i].c_str()});
    return all;
}

}  // namespace overture::playbook
