#include "playbook/knowledge.hpp"

#include <gtest/gtest.h>

namespace overture::playbook {
namespace {

const std::map<std::string, std::string> kFiles = {
    {"texts/faq.md",
     "# Questions\n\n## What it costs\n\nThe consultation is free. A roof of usual size costs between 9,000 "
     "and 14,000 dollars.\n\n"
     "## Warranty\n\nPanels carry a warranty of 25 years.\nThe inverter carries one of 12 years.\n\n"
     "## Installation\n\nTwo installers need two days. You stay at home.\n"},
    {"texts/firm.md",
     "# Who we are\n\nBrightroof has installed panels since 2009.\n\nWe are in Phoenix and Tucson.\n"}};

std::string best(const std::string& asked) {
    const auto found = findPassages(kFiles, asked, 1);
    return found.empty() ? "nothing" : found[0].source + " | " + found[0].text;
}

TEST(Knowledge, FindsThePassageThatIsAskedFor) {
    EXPECT_EQ(best("what would that cost me?"),
              "texts/faq.md: Questions, What it costs | The consultation is free. A roof of usual size costs "
              "between "
              "9,000 and 14,000 dollars.");
    EXPECT_EQ(best("How long is the warranty on the inverter"),
              "texts/faq.md: Questions, Warranty | Panels carry a warranty of 25 years.\nThe inverter "
              "carries one of 12 years.");
    EXPECT_EQ(best("are you located in TUCSON?"),
              "texts/firm.md: Who we are | We are in Phoenix and Tucson.");
    EXPECT_EQ(best("do I have to be there when they are installing"),
              "texts/firm.md: Who we are | Brightroof has installed panels since 2009.")
        << "a word of the text itself";
    EXPECT_EQ(best("tell me about the weather"), "nothing");
    EXPECT_EQ(best(""), "nothing");
}

TEST(Knowledge, IsTheSameEveryTimeAndNeverMoreThanAskedFor) {
    const auto once = findPassages(kFiles, "panels warranty cost Phoenix", 3);
    ASSERT_EQ(once.size(), 3U);
    const auto again = findPassages(kFiles, "panels warranty cost Phoenix", 3);
    for (std::size_t i = 0; i < once.size(); ++i) EXPECT_EQ(once[i].text, again[i].text);
    EXPECT_GE(once[0].score, once[1].score);
}

TEST(Knowledge, OtherScriptsAreSearchedToo) {
    const std::map<std::string, std::string> hindi = {
        {"texts/faq.md", "## क़ीमत\n\nसलाह मुफ़्त है.\n\n## गारंटी\n\nपैनल की गारंटी 25 साल है.\n"}};
    const auto found = findPassages(hindi, "गारंटी कितने साल की है?", 1);
    ASSERT_EQ(found.size(), 1U);
    EXPECT_NE(found[0].text.find("25"), std::string::npos);
}

TEST(Knowledge, WordsAndVectorsTakeTurns) {
    const auto all = passagesOf(kFiles);
    ASSERT_EQ(all.size(), 5U);
    for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i].number, i);
    const auto order = [](const std::string& asked, const std::vector<std::size_t>& nearest,
                          std::size_t most) {
        std::vector<std::size_t> numbers;
        for (const auto& passage : findPassages(kFiles, asked, most, nearest))
            numbers.push_back(passage.number);
        return numbers;
    };
    using Order = std::vector<std::size_t>;
    const auto words = order("the warranty in Phoenix", {}, 4);
    ASSERT_EQ(words.size(), 2U);
    EXPECT_EQ(order("the warranty in Phoenix", {0, 2}, 4), (Order{words[0], 0, words[1], 2}));
    EXPECT_EQ(order("the warranty in Phoenix", {words[0], 0, 2}, 4), (Order{words[0], words[1], 0, 2}));
    EXPECT_EQ(order("the warranty in Phoenix", {0, 2}, 3), (Order{words[0], 0, words[1]}));
    EXPECT_EQ(order("nothing of that", {3, 1}, 4), (Order{3, 1}));
    EXPECT_EQ(order("nothing of that", {99}, 4), Order{}) << "no such passage";
}

TEST(Knowledge, GoesWholeIntoAPromptWhileItIsShort) {
    EXPECT_NE(sourcesFor(kFiles, "").find("since 2009"), std::string::npos);
    auto more = kFiles;
    for (int i = 0; i < 60; ++i)
        more["texts/more.md"] += "## Topic " + std::to_string(i) +
                                 "\n\nSomething else that nobody asks about, number " + std::to_string(i) +
                                 ".\n\n";
    const auto found = sourcesFor(more, "what is the warranty?");
    EXPECT_NE(found.find("## texts/faq.md: Questions, Warranty\nPanels carry"), std::string::npos) << found;
    EXPECT_EQ(found.find("since 2009"), std::string::npos) << found;
    EXPECT_LT(found.size(), 2000U);
    EXPECT_EQ(sourcesFor(more, ""), "");
}

}  // namespace
}  // namespace overture::playbook
