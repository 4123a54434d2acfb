// Every file of tests/lua/sandbox is one threat (or one thing that must keep working). Its first line says
// what must come of it: `-- expect: limit [which]`, `-- expect: error`, `-- expect: ok RESULT`, `-- expect:
// any` (an end, and soon).
#include <gtest/gtest.h>

#include <time.h>

#include <algorithm>
#include <filesystem>

#include "base/text.hpp"
#include "playbook/definition.hpp"
#include "playbook/pattern.hpp"
#include "playbook/sandbox_run.hpp"
#include "playbook/vm.hpp"

namespace overture::playbook {
namespace {

const std::string kFolder = std::string(OVERTURE_SOURCE_DIR) + "/tests/lua/sandbox/";

std::vector<std::string> threats() {
    std::vector<std::string> names;
    for (const auto& file : std::filesystem::directory_iterator(kFolder))
        if (file.path().extension() == ".lua") names.push_back(file.path().stem().string());
    std::sort(names.begin(), names.end());
    return names;
}

/// What this thread has had of the processor, with opening and closing the state.
double cpuMilliseconds() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

#ifdef __SANITIZE_ADDRESS__
constexpr double kSoon = 400;  // every allocation is watched there
#else
constexpr double kSoon = 60;
#endif

class Sandbox : public testing::TestWithParam<std::string> {};

TEST_P(Sandbox, EndsAsExpected) {
    const auto source = readFile(kFolder + GetParam() + ".lua");
    auto expected = source.substr(0, source.find('\n'));
    expected = source[0] == '\033' ? "error" : std::string(trim(expected.substr(expected.find(':') + 1)));
    const auto begun = cpuMilliseconds();
    const auto ran = runInSandbox(source, GetParam() + ".lua");
    EXPECT_LT(cpuMilliseconds() - begun, kSoon);
    EXPECT_LT(ran.kib, 8400U);
    EXPECT_EQ(ran.error.find("0x"), std::string::npos) << "an address: " << ran.error;
    if (expected == "any") return;
    EXPECT_EQ(ran.outcome, expected.substr(0, expected.find(' '))) << ran.error;
    if (expected.starts_with("limit ")) {  // which one stops it where time is plenty, so on every machine
        Limits plenty;
        plenty.time = milliseconds(60'000);
        EXPECT_EQ(runInSandbox(source, GetParam() + ".lua", 0, plenty).limit, expected.substr(6));
    }
    if (expected.starts_with("ok ")) {
        ASSERT_TRUE(ran.result);
        EXPECT_EQ(ran.result->dump(), expected.substr(3));
    }
    if (expected == "error") {
        EXPECT_FALSE(ran.error.empty());
    }
}

INSTANTIATE_TEST_SUITE_P(Threats, Sandbox, testing::ValuesIn(threats()),
                         [](const auto& threat) { return threat.param; });

TEST(SandboxRuns, StopMoreThanSeventyThreats) {
    const auto all = threats();
    EXPECT_GE(std::count_if(all.begin(), all.end(),
                            [](const std::string& name) {
                                return readFile(kFolder + name + ".lua").find("-- expect: ok") ==
                                       std::string::npos;
                            }),
              90);
}

TEST(SandboxRuns, NothingIsLeftForTheNextScript) {
    EXPECT_EQ(runInSandbox("string.len = nil; shared = 1; _G.print = nil", "a.lua").outcome, "ok");
    const auto next = runInSandbox("return shared, ('x'):len(), type(print)", "b.lua");
    EXPECT_EQ(next.result->dump(), R"([null,1,"function"])") << next.error;
}

TEST(SandboxRuns, ErrorsNameFileAndLine) {
    EXPECT_EQ(runInSandbox("local x\nlocal y\nreturn x.y", "hook.lua").error,
              "hook.lua:3: attempt to index a nil value (local 'x')");
    EXPECT_EQ(runInSandbox("return 1 +", "hook.lua").error.substr(0, 11), "hook.lua:1:");
    EXPECT_EQ(runInSandbox("\n\nerror({})", "hook.lua").error, "hook.lua:3: error object is a table value");
    EXPECT_EQ(runInSandbox("\nerror('plain', 0)", "hook.lua").error, "hook.lua:2: plain");
}

TEST(SandboxRuns, RandomComesFromTheSeed) {
    const char* source =
        "return math.random(), math.random(6), math.random(-5, 5), math.random(0, math.maxinteger)";
    EXPECT_EQ(runInSandbox(source, "r.lua", 7).result->dump(),
              runInSandbox(source, "r.lua", 7).result->dump());
    EXPECT_NE(runInSandbox(source, "r.lua", 7).result->dump(),
              runInSandbox(source, "r.lua", 8).result->dump());
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
        const auto die = runInSandbox("return math.random(6)", "r.lua", seed).result->get<int>();
        EXPECT_TRUE(die >= 1 && die <= 6) << die;
    }
}

TEST(SandboxRuns, TheSameScriptGivesTheSameBytes) {
    const char* source = R"~(
        local t = {}
        for i = 1, 300 do t["key" .. (i * 7919 % 1000)] = i end
        local out = {}
        for k, v in pairs(t) do out[#out + 1] = k .. "=" .. v end
        for k in next, t do out[#out + 1] = k end
        return table.concat(out, ","), t)~";
    const auto first = runInSandbox(source, "o.lua").result->dump();
    for (int i = 0; i < 20; ++i) EXPECT_EQ(runInSandbox(source, "o.lua").result->dump(), first);
}

TEST(SandboxRuns, TimeIsALimitOfItsOwn) {
    Limits limits;
    limits.time = milliseconds(20);
    limits.instructions = std::int64_t{1} << 60;
    Vm vm(limits);
    const auto loop = [](lua_State* state) {
        luaL_loadstring(state, "while true do end");
        lua_call(state, 0, 0);
    };
    try {
        vm.protect(loop);
        FAIL() << "the loop ended";
    } catch (const ScriptError& error) {
        EXPECT_EQ(error.limit(), "time");
    }
    EXPECT_LT(vm.elapsed(), milliseconds(2000));
    EXPECT_THROW(vm.protect([](lua_State*) { FAIL() << "a spent state ran again"; }), ScriptError);
}

// What the manual says of patterns, over the sandbox's own matcher.
TEST(Patterns, MatchAsTheManualSays) {
    struct Case {
        const char *expression, *result;
    };
    const Case cases[] = {
        {R"~(("hello world"):find("o w"))~", "[5,7]"},
        {R"~(("hello world"):find("l+"))~", "[3,4]"},
        {R"~(("hello"):find("l", -1))~", "null"},
        {R"~(("hello"):find("", 6))~", "[6,5]"},
        {R"~(("hello"):find("", 7))~", "null"},
        {R"~(("a.b"):find(".", 1, true))~", "[2,2]"},
        {R"~(("key = value"):match("^(%w+)%s*=%s*(%w+)$"))~", R"~(["key","value"])~"},
        {R"~(("2026-03-31"):match("(%d+)-(%d+)-(%d+)"))~", R"~(["2026","03","31"])~"},
        {R"~(("THE (quick) fox"):find("%((%a+)%)"))~", R"~([5,11,"quick"])~"},
        {R"~(("f(a(b)c)d"):match("%b()"))~", R"~("(a(b)c)")~"},
        {R"~(("THE quick"):gsub("%f[%a]%a+", "<%0>"))~", R"~(["<THE> <quick>",2])~"},
        {R"~(("abc"):gsub("", "-"))~", R"~(["-a-b-c-",4])~"},
        {R"~(("abc"):gsub("%w", "%0%0"))~", R"~(["aabbcc",3])~"},
        {R"~(("hello world"):gsub("o", "0", 1))~", R"~(["hell0 world",1])~"},
        {R"~(("$name is $age"):gsub("%$(%w+)", { name = "Asha", age = 3 }))~", R"~(["Asha is 3",2])~"},
        {R"~(("abc"):gsub("b", function() return nil end))~", R"~(["abc",1])~"},
        {R"~(("xaax"):match("(a)%1"))~", R"~("a")~"},
        {R"~(("abc"):match("()b()"))~", "[2,3]"},
        {R"~(("aXb"):match("%u"))~", R"~("X")~"},
        {R"~(("a-b]c"):match("[%]-]+"))~", R"~("-")~"},
        {R"~(("[x]"):match("[]]"))~", R"~("]")~"},
        {R"~(("abc"):match("[^a]+"))~", R"~("bc")~"},
        {R"~(("aaab"):match("a-b"))~", R"~("aaab")~"},
        {R"~(("ab"):match("a?b?c?$"))~", R"~("ab")~"},
        {R"~(("a\0b"):match("a%zb") == nil)~", "true"},
        {R"~(("one;two"):gsub(";", "%%"))~", R"~(["one%two",1])~"},
        {R"~(select("#", ("k=v, a=b"):gsub("(%w)=(%w)", "%2=%1")))~", "2"},
        {R"~(("k=v"):gsub("(%w)=(%w)", "%2=%1"))~", R"~(["v=k",1])~"},
        {R"~(("hello"):match(".-(l+)(.*)"))~", R"~(["ll","o"])~"},
    };
    for (const auto& test : cases) {
        const auto ran = runInSandbox(std::string("return ") + test.expression, "p.lua");
        ASSERT_EQ(ran.outcome, "ok") << test.expression << " " << ran.error;
        EXPECT_EQ(ran.result->dump(), test.result) << test.expression;
    }
    for (const char* bad :
         {"'x'):find('%')", "'x'):find('[a')", "'x'):find('(x')", "'x'):find('.)')", "'x'):find('%b')",
          "'x'):find('%f')", "'x'):find('%1')", "'x'):gsub('x', '%2')", "'x'):gsub('x', '%')"}) {
        const auto ran = runInSandbox(std::string("return (") + bad, "p.lua");
        EXPECT_EQ(ran.outcome, "error") << bad;
        EXPECT_TRUE(ran.error.starts_with("p.lua:1:")) << ran.error;
    }
}

TEST(Patterns, EveryPositionIsCounted) {
    std::size_t steps = 0;
    Pattern pattern(std::string_view("aaaaaaaaaaaaaaaaaaaa"), "a*a*a*b", [&](std::size_t n) { steps += n; });
    EXPECT_FALSE(pattern.find(0));
    EXPECT_GT(steps, 1000U);
}

TEST(Tables, WorkAsTheManualSays) {
    struct Case {
        const char *source, *result;
    };
    const Case cases[] = {
        {"local t = {3,1,2} table.sort(t) return t", "[1,2,3]"},
        {"local t = {3,1,2} table.sort(t, function(a, b) return a > b end) return t", "[3,2,1]"},
        {"local t = {} for i = 1, 1000 do t[i] = (i * 7919) % 1009 end table.sort(t) for i = 2, 1000 do "
         "assert(t[i-1] <= t[i]) end return #t",
         "1000"},
        {"local t = {1,2,3} table.insert(t, 4) table.insert(t, 1, 0) return t", "[0,1,2,3,4]"},
        {"local t = {1,2,3} return table.remove(t), table.remove(t, 1), t", "[3,1,[2]]"},
        {"return table.remove({}) == nil", "true"},
        {"return table.concat({1, 'b', 2.5}, '-', 2)", "\"b-2.5\""},
        {"return table.move({1,2,3}, 1, 3, 2)", "[1,1,2,3]"},
        {"return table.pack(1, nil, 3).n", "3"},
        {"return table.unpack({1,2,3}, 2)", "[2,3]"},
        {"return #{table.unpack({}, 1, 3)}", "0"},
    };
    for (const auto& test : cases) {
        const auto ran = runInSandbox(test.source, "t.lua");
        ASSERT_EQ(ran.outcome, "ok") << test.source << " " << ran.error;
        EXPECT_EQ(ran.result->dump(), test.result) << test.source;
    }
    for (const char* bad : {"table.sort({1, 'x'})", "table.insert({}, 5, 1)", "table.concat({{}})",
                            "table.insert({})", "table.remove({1}, 7)"})
        EXPECT_EQ(runInSandbox(bad, "t.lua").outcome, "error") << bad;
}

}  // namespace
}  // namespace overture::playbook
