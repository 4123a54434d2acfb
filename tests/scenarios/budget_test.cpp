// `overture budget` as a person runs it, on a private cluster of its own.
#include "scenarios/program.hpp"

namespace overture::testing {
namespace {

TEST(Budget, IsSetListedAndTakenAway) {
    const Folder folder("budget");
    const auto on = [&](const std::string& words) {
        return overtureLine("budget " + words + " --data " + (folder / "data"));
    };
    ASSERT_EQ(overtureLine("db migrate --data " + (folder / "data")).status, 0);
    const auto nobody = on("set organization 25");
    EXPECT_EQ(nobody.status, 1);
    EXPECT_NE(nobody.err.find("there is no organization here yet"), std::string::npos) << nobody.err;

    folder.write("leads.csv", "external_id,first_name,phone\nl1,Asha,+16025550100\n");
    folder.write("team.csv",
                 "name,email,zone,hours\nDana,dana@brightroof.example,America/Denver,Mon-Fri 09:00-17:00\n");
    const auto campaign =
        folder.write("campaign.json", R"({"organization": "Brightroof", "playbook": ")" OVERTURE_SOURCE_DIR
                                      R"(/playbooks/pest-renewal",
            "leads": "leads.csv", "team": "team.csv", "settings": {"company": "Brightroof"},
            "rates": {"number_per_minute": 60},
            "models": [{"binding": "fast", "first_token_ms": 3000}, "careful"],
            "bindings": {"sms": {"plugin": "sim", "sender": "+12025550100"},
                         "fast": {"plugin": "scripted"}, "careful": {"plugin": "scripted"}}})");
    const auto created = overtureLine("campaign create " + campaign + " --data " + (folder / "data"));
    ASSERT_EQ(created.status, 0) << created.err;

    EXPECT_EQ(on("set organization USD 25 --per day").out, "Brightroof: organization USD 25.00 a day\n");
    EXPECT_EQ(on("set campaign 40.5 --campaign pest-renewal").status, 0);
    EXPECT_EQ(on("set conversation 0.2 --organization brightroof").status, 0);
    EXPECT_EQ(on("list").out,
              "Brightroof\n"
              "  campaign \"pest-renewal\": USD 40.50, USD 0.00 spent, USD 0.00 set aside for calls at work\n"
              "  each conversation: USD 0.20\n"
              "  organization: USD 25.00 a day, USD 0.00 spent, USD 0.00 set aside for calls at work\n");
    EXPECT_EQ(on("set conversation none").status, 0);
    EXPECT_EQ(on("set conversation none").status, 1) << "there is none any more";
    const auto rows = answersOf(on("list --json"));
    ASSERT_EQ(rows.size(), 2U);
    EXPECT_EQ(rows[0]["limit_micros"], 40'500'000);
    EXPECT_EQ(rows[1]["period"], "day");

    for (const char* wrong : {"set planet 5", "set organization lots", "set turn 5 --per day",
                              "set organization", "set turn 5 --per year"})
        EXPECT_EQ(on(wrong).status, 2) << wrong;
}

}  // namespace
}  // namespace overture::testing
