// docs/playbook-mistakes.md is the list of cases: each mistake is made in the folder that `overture playbook new hello` writes,
// and the check must say what stands there, word for word. OVERTURE_WRITE_DOCS=1 writes what it says now instead of comparing.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>

#include "base/text.hpp"
#include "documented.hpp"
#include "playbook/check_folder.hpp"

namespace overture::playbook {
namespace {

namespace fs = std::filesystem;
using namespace overture::documented;

const std::string kPage = std::string(OVERTURE_SOURCE_DIR) + "/docs/playbook-mistakes.md";
const std::string kTemplate = std::string(OVERTURE_SOURCE_DIR) + "/core/workshop/template";

struct Mistake {
    std::string title, said;
    std::vector<Change> changes;
};

void PrintTo(const Mistake& mistake, std::ostream* out) {
    *out << mistake.title;
}

std::vector<Mistake> mistakes() {
    std::vector<Mistake> all;
    const auto lines = split(readFile(kPage), '\n');
    for (std::size_t at = 0; at < lines.size(); ++at) {
        if (lines[at].starts_with("### ")) all.push_back({lines[at].substr(4), {}, {}});
        if (lines[at] == "```diff")
            all.back().changes = changesOf(blockAt(lines, at));
        else if (lines[at] == "```")
            all.back().said = blockAt(lines, at);
    }
    return all;
}

/// The folder as `overture playbook new hello` writes it.
fs::path freshFolder() {
    const auto folder = fs::path(testing::TempDir()) / "overture-mistakes" / "hello";
    fs::remove_all(folder);
    for (const auto& entry : fs::recursive_directory_iterator(kTemplate)) {
        if (!entry.is_regular_file()) continue;
        const auto target = folder / fs::relative(entry.path(), kTemplate);
        fs::create_directories(target.parent_path());
        writeFile(target.string(),
                  replaceAll(replaceAll(readFile(entry.path().string()), "@ID@", "hello"), "@DIR@", "hello"));
    }
    return folder;
}

std::string whatIsSaid(const Mistake& mistake) {
    const auto folder = freshFolder();
    applyTo(folder, mistake.changes);
    std::string said;
    const auto checked = checkFolder(folder.string());
    for (const auto& finding : checked.findings) {
        said += sentence(finding) + "\n";
        EXPECT_FALSE(finding.suggestion.empty()) << "nothing is suggested: " << sentence(finding);
        EXPECT_NE(finding.place.find(':'), std::string::npos) << sentence(finding);
    }
    return said;
}

TEST(TheTemplate, HasNoMistake) {
    const auto checked = checkFolder(freshFolder().string());
    for (const auto& finding : checked.findings) ADD_FAILURE() << sentence(finding);
    EXPECT_TRUE(checked.ok());
}

class Mistakes : public testing::TestWithParam<Mistake> {};

TEST_P(Mistakes, AreSaidAsTheyAreDocumented) {
    const auto said = whatIsSaid(GetParam());
    EXPECT_FALSE(said.empty()) << "the check finds nothing";
    if (std::getenv("OVERTURE_WRITE_DOCS") != nullptr) return;
    EXPECT_EQ(said, GetParam().said);
}

INSTANTIATE_TEST_SUITE_P(Documented, Mistakes, testing::ValuesIn(mistakes()),
                         [](const auto& mistake) { return testName(mistake.param.title, mistake.index); });

TEST(ThePage, HasMoreThanThirty) {
    EXPECT_GE(mistakes().size(), 100U);
}

TEST(ThePage, IsWrittenWhenAskedTo) {
    if (std::getenv("OVERTURE_WRITE_DOCS") == nullptr) GTEST_SKIP() << "only with OVERTURE_WRITE_DOCS";
    std::string page;
    std::size_t number = 0;
    const auto all = mistakes();
    const auto lines = split(readFile(kPage), '\n');
    for (std::size_t at = 0; at < lines.size(); ++at) {
        page += lines[at] + (at + 1 < lines.size() ? "\n" : "");
        if (lines[at] == "```diff")
            page += blockAt(lines, at) + "```\n";
        else if (lines[at] == "```") {
            (void)blockAt(lines, at);
            page += whatIsSaid(all[number++]) + "```\n";
        }
    }
    writeFile(kPage, page);
}

TEST(TheLandedPlaybooks, AreFine) {
    for (const char* name : {"solar-consult", "b2b-demo", "pest-renewal"}) {
        const auto checked = checkFolder(std::string(OVERTURE_SOURCE_DIR) + "/playbooks/" + name);
        EXPECT_TRUE(checked.ok()) << name;
        for (const auto& finding : checked.findings) ADD_FAILURE() << name << ": " << sentence(finding);
    }
}

}  // namespace
}  // namespace overture::playbook
