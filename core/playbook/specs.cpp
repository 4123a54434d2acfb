#include "playbook/specs.hpp"

#include <algorithm>
#include <filesystem>

#include "base/text.hpp"
#include "base/time.hpp"
#include "playbook/explain.hpp"
#include "playbook/lua_json.hpp"
#include "playbook/sandbox.hpp"
#include "playbook/spec_run.hpp"
#include "playbook/vocabulary.hpp"

namespace overture::playbook {
namespace {

namespace fs = std::filesystem;

constexpr int kMostCases = 5000;
constexpr int kDeepestDescribe = 20;
constexpr std::size_t kMostShown = 30;

int lineOf(lua_State* state) {
    const auto place = Vm::place(state);
    const auto colon = place.rfind(':');
    return colon == std::string::npos ? 0 : std::atoi(place.c_str() + colon + 1);
}

std::string nameAt(lua_State* state, const char* word) {
    if (lua_type(state, 1) != LUA_TSTRING)
        luaL_error(state, "%s needs a text in quotes first, not %s", word, luaL_typename(state, 1));
    if (lua_type(state, 2) != LUA_TFUNCTION)
        luaL_error(state, "%s needs a function after its text: %s(\"…\", function() … end)", word, word);
    return std::string(trim(toValidUtf8(lua_tostring(state, 1))));
}

int describe(lua_State* state) {
    auto& run = SpecRun::of(state);
    const auto name = nameAt(state, "describe");
    if (run.inCase) return luaL_error(state, "describe cannot stand inside it");
    if (run.path.size() >= kDeepestDescribe) return luaL_error(state, "describe is nested too deeply");
    const auto before = run.before.size();
    run.path.push_back(name);
    lua_settop(state, 2);
    lua_call(state, 0, 0);
    run.path.pop_back();
    run.before.resize(before);
    return 0;
}

int it(lua_State* state) {
    auto& run = SpecRun::of(state);
    const auto name = nameAt(state, "it");
    if (run.inCase) return luaL_error(state, "it cannot stand inside another it");
    if (++run.count > kMostCases) return luaL_error(state, "a file may have %d cases", kMostCases);
    if (run.wanted == 0) {
        auto path = run.path;
        path.push_back(name);
        run.cases.push_back({run.file, join(path, ": "), lineOf(state), run.count});
    }
    if (run.count != run.wanted) return 0;
    run.wantedBefore = run.before;
    lua_pushvalue(state, 2);
    run.wantedBody = luaL_ref(state, LUA_REGISTRYINDEX);
    return 0;
}

int beforeEach(lua_State* state) {
    auto& run = SpecRun::of(state);
    if (lua_type(state, 1) != LUA_TFUNCTION) return luaL_error(state, "before_each needs a function");
    if (run.inCase) return luaL_error(state, "before_each cannot stand inside it");
    lua_settop(state, 1);
    run.before.push_back(luaL_ref(state, LUA_REGISTRYINDEX));
    return 0;
}

int conversation(lua_State* state) {
    auto& run = SpecRun::of(state);
    if (!run.inCase)
        return luaL_error(state,
                          "conversation { … } belongs inside it(\"…\", function() … end) or before_each");
    if (lua_type(state, 1) != LUA_TTABLE)
        return luaL_error(state, "conversation needs a table: conversation { }");
    if (run.talks.size() >= SpecLimits::kConversations)
        return luaL_error(state, "a case may hold %d conversations", SpecLimits::kConversations);
    std::vector<std::string> known;
    for (const auto& option : specOptions()) known.emplace_back(option.name);
    refuseUnknownKeys(state, 1, "conversation", known);
    const auto options = jsonAt(state, 1);
    auto open = std::make_unique<SpecRun::Open>();
    open->place = Vm::place(state);
    run.guarded(state, [&] { open->talk = run.world->begin(options); });
    run.talks.push_back(std::move(open));
    pushSpecTalk(state, run, run.talks.size() - 1);
    return 1;
}

/// usd(80) and the like: the number itself.
int amount(lua_State* state) {
    luaL_checknumber(state, 1);
    lua_settop(state, 1);
    return 1;
}

int unknownGlobal(lua_State* state) {
    const std::string name =
        lua_type(state, 2) == LUA_TSTRING ? lua_tostring(state, 2) : luaL_typename(state, 2);
    std::vector<std::string> known{"string", "table", "math", "utf8", "print", "pairs", "ipairs", "tostring"};
    for (const auto& word : specGlobals()) known.emplace_back(word.name);
    const auto near = nearest(name, known);
    return luaL_error(state, "there is no word \"%s\"%s", name.c_str(),
                      near.empty() ? "" : ("; did you mean \"" + near + "\"?").c_str());
}

void addWords(lua_State* state, SpecRun& run) {
    const std::pair<const char*, lua_CFunction> functions[] = {{"describe", describe},
                                                               {"it", it},
                                                               {"before_each", beforeEach},
                                                               {"conversation", conversation},
                                                               {"expect", specExpect}};
    for (const auto& [name, function] : functions) {
        lua_pushlightuserdata(state, &run);
        lua_pushcclosure(state, function, 1);
        lua_setglobal(state, name);
    }
    for (const auto& name : amountWords()) {
        lua_pushcfunction(state, amount);
        lua_setglobal(state, name.c_str());
    }
    lua_pushglobaltable(state);
    lua_newtable(state);
    lua_pushcfunction(state, unknownGlobal);
    lua_setfield(state, -2, "__index");
    lua_setmetatable(state, -2);
    lua_pop(state, 1);
}

void readCases(lua_State* state, SpecRun& run) {
    openSandbox(state, 1, nullptr);
    addWords(state, run);
    loadKept(state, run.files.at(run.file), run.file);
    lua_call(state, 0, 0);
}

void runWanted(lua_State* state, SpecRun& run) {
    run.inCase = true;
    auto all = run.wantedBefore;
    all.push_back(run.wantedBody);
    for (const int reference : all) {
        lua_rawgeti(state, LUA_REGISTRYINDEX, reference);
        lua_call(state, 0, 0);
    }
}

Limits limits() {
    Limits given;
    given.instructions = SpecLimits::kInstructions;
    given.time = SpecLimits::kTime;
    return given;
}

std::string who(const Standing::Line& line) {
    if (line.direction == "in") return "lead";
    return line.direction == "out" ? "we  " : "note";
}

}  // namespace

void SpecRun::fail(lua_State* state, std::string what, std::string instead, std::string hint) {
    if (!failure)
        failure = SpecFailure{Vm::place(state), std::move(what), std::move(instead), std::move(hint), said()};
    luaL_error(state, "the case has failed");
    std::abort();  // luaL_error does not return
}

void SpecRun::guarded(lua_State* state, const std::function<void()>& body) {
    std::optional<Problem> problem;
    try {
        body();
    } catch (const Error& error) {
        problem = error.problem();
    } catch (const std::exception& error) {
        problem = Problem{error.what(), {}, {}};
    }
    if (!problem) return;
    auto what = problem->where.empty() ? problem->what : problem->where + ": " + problem->what;
    fail(state, std::move(what), {}, problem->remedy);
}

std::vector<std::string> SpecRun::said() const {
    std::vector<std::string> all;
    for (const auto& open : talks) {
        if (talks.size() > 1) all.push_back("of " + open->place + ":");
        for (auto& line : transcript(open->talk->standing(), kMostShown)) all.push_back(std::move(line));
    }
    return all;
}

std::vector<std::string> transcript(const Standing& standing, std::size_t most) {
    std::vector<std::string> lines;
    const auto from = standing.messages.size() > most ? standing.messages.size() - most : 0;
    if (from > 0) lines.push_back("… " + std::to_string(from) + " earlier messages");
    for (auto i = from; i < standing.messages.size(); ++i) {
        const auto& line = standing.messages[i];
        lines.push_back(localTime(isZone(standing.zone) ? standing.zone : "UTC", line.at).text() + "  " +
                        who(line) + "  " + (line.direction == "out" ? "[" + line.stage + "] " : "") +
                        replaceAll(line.text, "\n", " / "));
    }
    lines.push_back("now " + localTime(isZone(standing.zone) ? standing.zone : "UTC", standing.now).text() +
                    ", stage \"" + standing.stage + "\", " + standing.state +
                    (standing.reason.empty() ? "" : " (" + standing.reason + ")"));
    return lines;
}

Files readSpecs(const std::string& directory) {
    Files specs;
    std::error_code problem;
    const fs::path folder = fs::path(directory) / "tests";
    if (!fs::is_directory(folder, problem)) return specs;
    for (const auto& entry : fs::recursive_directory_iterator(folder, problem)) {
        if (!entry.is_regular_file() || entry.path().extension() != ".lua") continue;
        if (entry.path().filename().string().starts_with('.')) continue;
        specs["tests/" + fs::relative(entry.path(), folder).generic_string()] =
            readFile(entry.path().string());
    }
    if (problem)
        throw Error("cannot read this folder: " + problem.message(), folder.string(),
                    "Check that you may use it.");
    return specs;
}

SpecListing listSpecs(const Files& specs, const std::string& file) {
    SpecRun run{specs, file};
    SpecListing listing;
    try {
        Vm vm(limits());
        vm.protect([&](lua_State* state) { readCases(state, run); });
    } catch (const ScriptError& error) {
        const bool syntax = error.limit().empty() && error.problem().what.find(" near ") != std::string::npos;
        const auto problem = syntax ? explainSyntax(error.problem(), specs.at(file)) : error.problem();
        listing.mistakes.push_back(
            {"error", problem.where.empty() ? file + ":1" : problem.where, problem.what, problem.remedy});
    }
    listing.cases = std::move(run.cases);
    return listing;
}

std::optional<SpecFailure> runSpec(const Files& specs, const SpecCase& which, SpecWorld& world) {
    SpecRun run{specs, which.file};
    run.wanted = which.number;
    run.world = &world;
    try {
        Vm vm(limits());
        vm.protect([&](lua_State* state) {
            readCases(state, run);
            runWanted(state, run);
        });
    } catch (const ScriptError& error) {
        if (run.failure) return std::move(run.failure);
        const auto& problem = error.problem();
        return SpecFailure{
            problem.where.empty() ? which.file + ":" + std::to_string(which.line) : problem.where,
            problem.what,
            {},
            problem.remedy,
            run.said()};
    }
    return std::move(run.failure);
}

}  // namespace overture::playbook
