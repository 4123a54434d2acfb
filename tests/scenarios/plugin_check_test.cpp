// `overture plugin check`: every shipped plugin keeps every rule, and each rule is broken by a plugin made to break it.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/json.hpp"
#include "base/text.hpp"
#include "scenarios/program.hpp"

namespace overture::testing {
namespace {

namespace fs = std::filesystem;

const std::string kBuild = OVERTURE_BUILD_DIR;
const std::string kUnfit = kBuild + "/tests/unfit";

std::map<std::string, Json> rowsOf(const Finished& ran) {
    std::map<std::string, Json> rows;
    for (const auto& row : answersOf(ran)) rows[row.at("rule")] = row;
    return rows;
}

std::vector<std::string> pluginsIn(const std::string& folder) {
    std::vector<std::string> all;
    for (const auto& entry : fs::directory_iterator(folder))
        if (fs::exists(entry.path() / "plugin.json")) all.push_back(entry.path().string());
    return all;
}

TEST(PluginCheck, EveryShippedPluginAndExampleKeepsEveryRule) {
    auto folders = pluginsIn(kBuild + "/plugins");
    EXPECT_GE(folders.size(), 10U);
    for (const auto& example : pluginsIn(kBuild + "/tests/examples")) folders.push_back(example);
    for (const auto& folder : folders) {
        const auto ran = overture({"plugin", "check", folder, "--json"});
        EXPECT_EQ(ran.status, 0) << folder << "\n" << ran.out << ran.err;
        const auto rows = rowsOf(ran);
        EXPECT_GE(rows.size(), 7U) << folder;
        for (const auto& [rule, row] : rows)
            if (row.at("state") == "skipped")
                std::cout << fs::path(folder).filename().string() << " " << rule << ": " << textOf(row, "why")
                          << "\n";
    }
}

/// The unfit plugin's sample with this fault.
std::string sampleWith(const std::string& fault) {
    auto sample = parseJson(readFile(kUnfit + "/conformance.json"), "sample").orThrow();
    sample["settings"]["fault"] = fault;
    const auto path = ::testing::TempDir() + "/conformance-" + fault + ".json";
    std::ofstream(path) << toText(sample);
    return path;
}

TEST(PluginCheck, EachRuleIsBrokenByWhoIsMadeToBreakIt) {
    const auto fit = overture({"plugin", "check", kUnfit, "--json"});
    EXPECT_EQ(fit.status, 0) << fit.out << fit.err;
    const auto rules = rowsOf(fit);
    EXPECT_GE(rules.size(), 65U);
    for (const auto& [rule, row] : rules) {
        EXPECT_EQ(row.at("state"), "kept") << row;
        if (rule == "load" || rule == "broken-settings" || rule == "broken-requests") continue;  // below
        const auto ran =
            overture({"plugin", "check", kUnfit, "--json", "--rule", rule, "--sample", sampleWith(rule)});
        EXPECT_EQ(ran.status, 1) << rule << ran.out << ran.err;
        const auto rows = rowsOf(ran);
        ASSERT_TRUE(rows.contains(rule)) << ran.out;
        EXPECT_EQ(rows.at(rule).at("state"), "broken") << rule;
        EXPECT_NE(textOf(rows.at(rule), "why"), "") << rule;
    }
}

TEST(PluginCheck, WhatTheWrapperCatchesIsSeenWithoutIt) {
    const auto ran = overture({"plugin", "check", kBuild + "/tests/broken/healthy", "--json"});
    const auto rows = rowsOf(ran);
    EXPECT_EQ(rows.at("broken-settings").at("state"), "broken");
    EXPECT_EQ(rows.at("broken-requests").at("state"), "broken");
}

TEST(PluginCheck, OneThatIsRefusedSaysWhyAndIsNotTried) {
    const auto ran = overture({"plugin", "check", kBuild + "/tests/broken/wrong_major", "--json"});
    EXPECT_EQ(ran.status, 1);
    const auto rows = rowsOf(ran);
    EXPECT_EQ(rows.size(), 1U);
    EXPECT_NE(textOf(rows.at("load"), "why").find("its abi_major is 2"), std::string::npos) << ran.out;
}

TEST(PluginCheck, ACrashIsOneBrokenRule) {
    const auto ran = overture({"plugin", "check", kUnfit, "--json", "--sample", sampleWith("crash")});
    EXPECT_EQ(ran.status, 1);
    const auto rows = rowsOf(ran);
    EXPECT_EQ(rows.at("send-lost").at("state"), "broken") << ran.out;
    EXPECT_EQ(rows.at("window").at("state"), "kept");
}

TEST(PluginCheck, ASampleThatCannotBeIsOneSentence) {
    const auto path = ::testing::TempDir() + "/conformance-bad.json";
    const auto said = [&](const std::string& text) {
        std::ofstream(path) << text;
        const auto ran = overture({"plugin", "check", kUnfit, "--sample", path});
        EXPECT_EQ(ran.status, 1);
        return ran.err;
    };
    EXPECT_NE(said("[]").find("it is not a JSON object"), std::string::npos);
    EXPECT_NE(said(R"({"setings": {}})").find("there is no \"setings\""), std::string::npos);
    EXPECT_NE(said("{}").find("the secret \"signing_secret\" is missing"), std::string::npos);
    EXPECT_NE(said(R"({"settings": {"falt": ""}})").find("Did you mean \"fault\"?"), std::string::npos);
    EXPECT_EQ(overture({"plugin", "check", "/no/such/plugin"}).status, 1);
    EXPECT_EQ(overture({"plugin", "check"}).status, 2);
}

TEST(PluginNew, TakesAFoldersNameWithASlashBehindIt) {
    const auto folder = fs::path(::testing::TempDir()) / "plugin-new";
    fs::remove_all(folder);
    fs::create_directories(folder);
    const auto made = overture({"plugin", "new", (folder / "acme-sms").string() + "/"});
    EXPECT_EQ(made.status, 0) << made.err;
    EXPECT_TRUE(fs::exists(folder / "acme-sms" / "plugin.json")) << made.out;
    fs::remove_all(folder);
}

}  // namespace
}  // namespace overture::testing
