// `overture registry import | list | check | remove` as an operator uses them.
#include "pg/fixture.hpp"
#include "scenarios/program.hpp"

namespace overture::testing {
namespace {

using ::testing::HasSubstr;

class RegistryCommands : public ::testing::Test {
protected:
    Finished registry(const std::string& words, const std::string& input = {}) {
        return overtureLine("registry " + words + " --database " + testing::quoted(url), input);
    }
    Json one(const std::string& words, const std::string& input = {}) {
        const auto finished = registry(words + " --json", input);
        EXPECT_EQ(finished.status, 0) << finished.output();
        const auto answers = answersOf(finished);
        return answers.empty() ? Json() : answers[0];
    }

    std::string url = Postgres::shared().freshDatabase();
    store::Database database{store::DatabaseOptions{.url = url, .sessions = 2}};
    OrganizationId organization = addOrganization(database);
    Folder folder{"registry"};
};

TEST_F(RegistryCommands, AListIsImportedReportedAndAsked) {
    const auto a = folder.write("202.txt", "202,5550100\n202,5550101\nrubbish\n");
    const auto b = folder.write("212.txt", "212,5550100\n212,555\n212,5550100\n");
    const auto done = one("import us-dnc " + a + " " + b);
    EXPECT_EQ(done["entries"], 3);
    EXPECT_EQ(done["lines"], 6);
    EXPECT_EQ(done["bad"], 2);
    EXPECT_EQ(done["bad_lines"][0]["line"], 3);
    EXPECT_EQ(done["bad_lines"][0]["file"], a);
    EXPECT_EQ(done["bad_lines"][1]["line"], 2);
    EXPECT_EQ(done["bad_lines"][1]["file"], b);
    EXPECT_EQ(done["rule"], "us.do_not_call");
    const auto listed = one("list");
    EXPECT_EQ(listed["name"], "us-dnc");
    EXPECT_EQ(listed["country"], "US");
    EXPECT_EQ(listed["age_days"], 0);
    EXPECT_EQ(listed["max_age_days"], 31);
    EXPECT_EQ(listed["stale"], false);
    EXPECT_EQ(one("check '+1 212 555 0100'")["listed"], true);
    EXPECT_EQ(one("check 2125550101 --country US")["listed"], false);
    const auto answers = answersOf(registry("check --batch -",
                                            "{\"id\": 1, \"phone\": \"+12025550101\"}\n"
                                            "{\"id\": 2, \"phone\": \"202 555 0102\", \"country\": \"US\"}\n"
                                            "{\"id\": 3}\n{\"id\": 4, \"phone\": \"nobody\"}\n"));
    ASSERT_EQ(answers.size(), 4U);
    EXPECT_EQ(answers[0]["listed"], true);
    EXPECT_EQ(answers[0]["registries"][0]["name"], "us-dnc");
    EXPECT_EQ(answers[0]["registries"][0]["rule"], "us.do_not_call");
    EXPECT_EQ(answers[1]["listed"], false);
    EXPECT_TRUE(answers[2].contains("error"));
    EXPECT_TRUE(answers[3].contains("error"));
}

TEST_F(RegistryCommands, ANewListReplacesTheOldAndAStaleOneIsSeen) {
    one("import gb-tps - --as-of 2024-05-01", "020 7946 0123\n020 7946 0124\n");
    EXPECT_EQ(one("list")["stale"], true);
    EXPECT_THAT(registry("list").out, HasSubstr("STALE"));
    const auto done = one("import gb-tps - --as-of 2024-05-02", "020 7946 0125\n");
    EXPECT_EQ(done["before"], 2);
    EXPECT_EQ(done["entries"], 1);
    EXPECT_EQ(one("check +442079460123")["listed"], false);
    EXPECT_EQ(one("check +442079460125")["listed"], true);
    const auto older = registry("import gb-tps - --as-of 2024-04-01", "020 7946 0129\n");
    EXPECT_EQ(older.status, 1);
    EXPECT_THAT(older.err, HasSubstr("the one that is there is later"));
    EXPECT_EQ(one("check +442079460125")["listed"], true);
    EXPECT_EQ(registry("remove gb-tps").status, 0);
    EXPECT_EQ(registry("remove gb-tps").status, 1);
    EXPECT_THAT(registry("list").out, HasSubstr("no registries"));
}

TEST_F(RegistryCommands, APluginAnswersForAList) {
    const auto plugins = " --plugins " OVERTURE_BUILD_DIR "/tests/examples --data " + (folder / "data");
    const auto nobody = registry("ask us-dnc --binding acme-dnc" + plugins);
    EXPECT_EQ(nobody.status, 1);
    EXPECT_THAT(nobody.err, HasSubstr("there is no binding \"acme-dnc\""));
    EXPECT_EQ(registry("ask us-dnc").status, 2);
    for (const char* each : {"acme-dnc --plugin numbers",
                             "letters --plugin acme --settings '{\"base_url\": \"https://acme.example\"}' "
                             "--secrets api_key=PATH"}) {
        const auto added = overtureLine("binding add " + std::string(each) + plugins + " --database " +
                                        testing::quoted(url));
        ASSERT_EQ(added.status, 0) << added.err;
    }
    const auto other = registry("ask us-dnc --binding letters" + plugins);
    EXPECT_EQ(other.status, 1);
    EXPECT_THAT(other.err, HasSubstr("does not answer for numbers (registry.numbers/1)"));
    EXPECT_THAT(registry("list").out, HasSubstr("no registries")) << "a refusal leaves nothing behind";
    const auto asked = registry("ask us-dnc --binding acme-dnc" + plugins);
    EXPECT_EQ(asked.status, 0) << asked.err;
    EXPECT_THAT(asked.out, HasSubstr(": acme-dnc answers for us-dnc (US)\n"));
    EXPECT_THAT(registry("list").out, HasSubstr("us-dnc"));
}

TEST_F(RegistryCommands, WhatIsHardlyAListChangesNothing) {
    std::string many;
    for (int i = 0; i < 1200; ++i) many += "20255" + std::to_string(50000 + i) + "\n";
    EXPECT_EQ(one("import us-dnc -", many)["entries"], 1200);
    const auto rubbish = registry("import us-dnc -", "a\nb\n2025550100\n");
    EXPECT_EQ(rubbish.status, 1);
    EXPECT_THAT(rubbish.err, HasSubstr("2 of 3 lines are no numbers"));
    EXPECT_THAT(rubbish.err, HasSubstr("standard input:1 \"a\" not a number"));
    const auto cut = registry("import us-dnc -", many.substr(0, 5500));
    EXPECT_EQ(cut.status, 1);
    EXPECT_THAT(cut.err, HasSubstr("as if it had been cut off"));
    EXPECT_EQ(registry("import us-dnc -", "").status, 1);
    EXPECT_EQ(one("list")["entries"], 1200);
    EXPECT_EQ(one("import us-dnc - --smaller", many.substr(0, 5500))["entries"], 500);
    EXPECT_EQ(registry("import us-dnc /does/not/exist").status, 1);
    EXPECT_EQ(registry("import us-dnc").status, 2);
    EXPECT_EQ(registry("import 'US DNC' -").status, 2);
    EXPECT_EQ(registry("import us-dnc - --as-of tomorrow").status, 2);
    EXPECT_EQ(registry("import us-dnc - --as-of 2999-01-01").status, 2);
}

}  // namespace
}  // namespace overture::testing
