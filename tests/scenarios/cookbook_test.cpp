// docs/cookbook.md as a person follows it: each pattern's change is made in a new folder, its spec saved, and `overture playbook
// check` and `test` must be content.
#include <gtest/gtest.h>

#include "documented.hpp"
#include "scenarios/program.hpp"

namespace overture::testing {
namespace {

using namespace overture::documented;

struct Pattern {
    std::string title, spec;
    std::vector<Change> changes;
};

void PrintTo(const Pattern& pattern, std::ostream* out) {
    *out << pattern.title;
}

std::vector<Pattern> patterns() {
    std::vector<Pattern> all;
    const auto lines = split(readFile(std::string(OVERTURE_SOURCE_DIR) + "/docs/cookbook.md"), '\n');
    for (std::size_t at = 0; at < lines.size(); ++at) {
        if (lines[at].starts_with("## ")) all.push_back({lines[at].substr(3), {}, {}});
        if (lines[at] == "```diff") all.back().changes = changesOf(blockAt(lines, at));
        if (lines[at] == "```lua") all.back().spec = blockAt(lines, at);
    }
    return all;
}

class Cookbook : public ::testing::TestWithParam<Pattern> {};

TEST_P(Cookbook, WorksAsItStandsThere) {
    const Folder folder("cookbook");
    const auto playbook = folder / "hello";
    ASSERT_EQ(overtureLine("playbook new " + playbook).status, 0);
    applyTo(playbook, GetParam().changes);
    ASSERT_FALSE(GetParam().spec.empty()) << "the pattern has no spec";
    writeFile(playbook + "/tests/pattern.lua", GetParam().spec);
    const auto checked = overtureLine("playbook check " + playbook);
    EXPECT_EQ(checked.status, 0) << checked.output();
    const auto tested = overtureLine("playbook test " + playbook);
    EXPECT_EQ(tested.status, 0) << tested.output();
    EXPECT_NE(tested.out.find("pattern.lua"), std::string::npos) << tested.out;
}

INSTANTIATE_TEST_SUITE_P(Patterns, Cookbook, ::testing::ValuesIn(patterns()),
                         [](const auto& pattern) { return testName(pattern.param.title, pattern.index); });

TEST(TheCookbook, HasFifteenPatterns) {
    EXPECT_GE(patterns().size(), 15U);
}

}  // namespace
}  // namespace overture::testing
