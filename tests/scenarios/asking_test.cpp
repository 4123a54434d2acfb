// The asking commands as an operator's script uses them: the real binary, questions in, answers out.
#include <gtest/gtest.h>

#include "scenarios/program.hpp"

namespace overture::testing {
namespace {

TEST(Asking, TheGateAnswersEveryLineInOrder) {
    const auto ran = overtureLine(
        "gate explain --batch -",
        R"({"id": 1, "channel": "sms", "phone": "+13055550123", "at": "2026-03-03T01:30:00Z"})"
        "\n"
        "not json\n\n"
        R"({"id": "b", "channel": "voice", "phone": "+1 (212) 555-0123", "at": "2026-03-02T18:00:00Z", "consent": "none"})"
        "\n"
        R"({"id": 3, "channel": "sms", "phone": "+12125550123"})"
        "\n"
        R"({"id": 4, "channel": "sms", "phone": "+12125550123", "at": "2026-03-02T18:00:00Z", "suppressed": true})"
        "\n"
        R"({"id": 5, "channel": "sms", "phone": "(602) 555-0123", "country": "US", "at": "2026-03-02T18:00:00Z"})"
        "\n");
    EXPECT_EQ(ran.status, 1);
    const auto answers = answersOf(ran);
    ASSERT_EQ(answers.size(), 6u) << ran.out;
    EXPECT_EQ(answers[0]["not_before"], "2026-03-03T13:00:00Z");
    EXPECT_EQ(answers[0]["rule"], "us-fl.window");
    EXPECT_EQ(answers[0]["jurisdictions"], Json({"US", "US-FL"}));
    EXPECT_TRUE(answers[1]["id"].is_null());
    EXPECT_TRUE(answers[1].contains("error"));
    EXPECT_EQ(answers[2]["id"], "b");
    EXPECT_EQ(answers[2]["verdict"], "refuse");
    EXPECT_EQ(answers[3]["error"], "\"at\" is missing");
    EXPECT_EQ(answers[4]["rule"], "house.suppressed");
    EXPECT_EQ(answers[5]["verdict"], "allow");
    EXPECT_EQ(answers[5]["zones"], Json({"America/Phoenix"}));
}

TEST(Asking, WhenAPhraseIsOnThePersonsClock) {
    const auto ran = overtureLine(
        "when --batch -",
        R"({"id": 1, "text": "call me Thursday after lunch", "zone": "America/Phoenix", "at": "2026-03-03T17:00:00Z"})"
        "\n"
        R"({"id": 2, "text": "in two hours", "zone": "Asia/Kolkata", "at": "2026-03-03T17:00:00Z"})"
        "\n"
        R"({"id": 3, "text": "later", "zone": "Asia/Kolkata", "at": "2026-03-03T17:00:00Z"})"
        "\n"
        R"({"id": 4, "text": "tomorrow", "zone": "Mars/Olympus", "at": "2026-03-03T17:00:00Z"})"
        "\n"
        R"({"id": 5, "text": "3pm your time", "zone": "America/Phoenix", "our_zone": "America/New_York", "at": "2026-03-03T17:00:00Z"})"
        "\n");
    EXPECT_EQ(ran.status, 1) << "one question could not be answered";
    const auto answers = answersOf(ran);
    ASSERT_EQ(answers.size(), 5U);
    EXPECT_EQ(answers[0]["from"], "2026-03-05T20:00:00Z");
    EXPECT_EQ(answers[0]["to"], "2026-03-06T00:00:00Z");
    EXPECT_EQ(answers[0]["ambiguous"], false);
    EXPECT_EQ(answers[1]["from"], "2026-03-03T19:00:00Z");
    EXPECT_EQ(answers[1]["from"], answers[1]["to"]);
    EXPECT_EQ(answers[2]["verdict"], "unsure");
    EXPECT_FALSE(answers[2].contains("from"));
    EXPECT_TRUE(answers[3].contains("error"));
    EXPECT_EQ(answers[4]["from"], "2026-03-03T20:00:00Z");
    const auto shown = overture(
        {"when", "mañana por la tarde", "--zone", "America/Phoenix", "--now", "2026-03-03T17:00:00Z"});
    EXPECT_EQ(shown.out,
              "told: Wed 4 Mar 2026 12:00 to Wed 4 Mar 2026 19:00 in America/Phoenix\n"
              "\"manana\" is Wed 4 Mar 2026; \"por la tarde\" is 12:00 to 19:00\n");
    EXPECT_EQ(overture({"when", "tomorrow"}).status, 2);
}

TEST(Asking, ZonePhoneAndOptOut) {
    const auto zone =
        overtureLine("zone --batch -", R"({"id": 1, "phone": "+12125550123", "said": "I'm in Phoenix"})"
                                       "\n"
                                       R"({"id": 2, "zone": "Mars/Olympus"})"
                                       "\n");
    EXPECT_EQ(zone.status, 0);
    EXPECT_EQ(answersOf(zone).at(0)["zones"], Json({"America/Phoenix"}));
    EXPECT_EQ(answersOf(zone).at(0)["by"], Json({"said"}));
    EXPECT_EQ(answersOf(zone).at(1)["zones"], Json::array());
    EXPECT_EQ(answersOf(zone).at(1)["problems"], Json({"\"Mars/Olympus\" is not a time zone"}));
    const auto phone =
        overtureLine("phone check --batch -", R"({"id": 1, "raw": "(480) 555-0123", "region": "US"})"
                                              "\n"
                                              R"({"id": 2, "raw": "12"})"
                                              "\n");
    EXPECT_EQ(answersOf(phone).at(0)["e164"], "+14805550123");
    EXPECT_EQ(answersOf(phone).at(1)["valid"], false);
    EXPECT_NE(answersOf(phone).at(1)["reason"], "");
    const auto optout = overtureLine("optout check --batch -", R"({"id": 1, "text": "STOP!!!"})"
                                                               "\n"
                                                               R"({"id": 2, "text": "stop by on Tuesday"})"
                                                               "\n");
    EXPECT_EQ(answersOf(optout).at(0)["verdict"], "optout");
    EXPECT_EQ(answersOf(optout).at(1)["verdict"], "none");
}

TEST(Asking, OneQuestionInWords) {
    const auto gate =
        overtureLine("gate explain --channel sms --phone +13055550123 --at 2026-03-03T01:30:00Z");
    EXPECT_EQ(gate.status, 0);
    EXPECT_NE(gate.out.find("Not now; allowed from 2026-03-03T13:00:00Z"), std::string::npos) << gate.out;
    EXPECT_NE(gate.out.find("Fla. Stat. 501.616(6)(a)"), std::string::npos);
    EXPECT_EQ(overtureLine("gate explain --phone +13055550123").status, 2);
    EXPECT_EQ(overtureLine("gate explain --batch /nonexistent").status, 1);
    for (const char* command : {"gate explain", "zone", "phone check", "optout check"})
        EXPECT_NE(overtureLine(std::string(command) + " --help")
                      .out.find("Example: overture " + std::string(command)),
                  std::string::npos);
}

TEST(Asking, TheOperatorsRulePacksTakeThePlaceOfTheCompiledInOnes) {
    const Folder folder("rules");
    for (const auto& file : std::filesystem::directory_iterator(OVERTURE_SOURCE_DIR "/core/compliance/rules"))
        folder.write(file.path().filename().string(), readFile(file.path().string()));
    const auto florida = folder / "us-fl.json";
    const auto narrower = replaceAll(readFile(florida), "\"from\": \"08:00\"", "\"from\": \"11:00\"");
    writeFile(florida, narrower);
    const std::string question =
        "gate explain --channel sms --phone +13055550123 --at 2026-03-03T15:00:00Z --json";
    EXPECT_EQ(answersOf(overtureLine(question)).at(0)["verdict"], "allow");
    const auto answer = answersOf(overtureLine(question, {}, "OVERTURE_RULES=" + folder.path())).at(0);
    EXPECT_EQ(answer["not_before"], "2026-03-03T16:00:00Z");
    EXPECT_EQ(answer["rule"], "us-fl.window");
    writeFile(florida, replaceAll(narrower, "\"11:00\"", "\"eleven\""));
    const auto wrong = overtureLine(question, {}, "OVERTURE_RULES=" + folder.path());
    EXPECT_EQ(wrong.status, 1);
    EXPECT_NE(wrong.err.find("us-fl.json: /rules/0/windows/0"), std::string::npos) << wrong.output();
}

TEST(Asking, AWishForAHolidayIsToldWithTheNextTimeThatIsAllowed) {
    const std::string question =
        "when \"call me Thursday\" --zone America/Chicago --now 2026-11-23T17:00:00Z --channel voice "
        "--phone ";
    const auto alabama =
        answersOf(overtureLine(question + "+12055550123 --json")).at(0);  // 26 November: Thanksgiving
    EXPECT_EQ(alabama["from"], "2026-11-26T06:00:00Z");
    EXPECT_EQ(alabama["allowed"]["rule"], "us-al.window");
    EXPECT_EQ(alabama["allowed"]["holiday"], true);
    EXPECT_EQ(alabama["allowed"]["at"], "2026-11-28T14:00:00Z") << "the day after is one too";
    const auto said = overtureLine(question + "+12055550123").out;
    EXPECT_NE(said.find("that is a holiday there (us-al.window); allowed from Sat 28 Nov 2026 08:00"),
              std::string::npos)
        << said;
    const auto texas = overtureLine(question + "+17135550123").out;
    EXPECT_NE(texas.find("and may be contacted then, from Thu 26 Nov 2026 09:00"), std::string::npos)
        << texas;
    const auto nobody = overtureLine(question + "+80055501").out;
    EXPECT_NE(nobody.find("nobody may be contacted then: "), std::string::npos) << nobody;
    const auto batch = answersOf(overtureLine(
        "when --batch -",
        R"({"id": 1, "text": "call me Thursday", "zone": "America/Chicago", "at": "2026-11-23T17:00:00Z", )"
        R"("channel": "voice", "phone": "+12055550123"})"
        "\n"));
    EXPECT_EQ(batch.at(0)["allowed"]["holiday"], true);
}

TEST(Asking, TheSchemaOfRulePacksIsPrinted) {
    const auto printed = overtureLine("gate schema");
    ASSERT_EQ(printed.status, 0);
    EXPECT_EQ(parseJson(printed.out, "the schema").orThrow()["$id"], "urn:overture:rule-pack:1");
}

TEST(Asking, AnOrganizationsOwnRulesNarrowAndNeverLoosen) {
    const std::string question = "gate explain --channel sms --phone +12125550123 --at 2026-03-02T14:00:00Z ";
    EXPECT_EQ(answersOf(overtureLine(question + "--json")).at(0)["verdict"], "allow");
    const auto own =
        answersOf(overtureLine(question + "--own-window 10:00-17:00 --own-days Mon-Fri --json")).at(0);
    EXPECT_EQ(own["not_before"], "2026-03-02T15:00:00Z");
    EXPECT_EQ(own["rule"], "organization.window");
    const auto looser = overtureLine(question + "--own-window 05:00-17:00");
    EXPECT_EQ(looser.status, 1);
    EXPECT_NE(looser.err.find("an organization may only tighten the rules: 05:00-17:00 opens before 08:00"),
              std::string::npos)
        << looser.err;
    EXPECT_EQ(overtureLine(question + "--own-attempts 9").status, 1);
    const auto answers = answersOf(overtureLine(
        "gate explain --batch -",
        R"({"id": 1, "channel": "voice", "phone": "+442079460123", "at": "2026-03-03T12:00:00Z", "consent": "express", )"
        R"("registries": [{"name": "gb-tps", "date": "2026-03-01", "country": "GB", "age_days": 2, "listed": true}]})"
        "\n"));
    EXPECT_EQ(answers.at(0)["rule"], "gb.tps");
    EXPECT_EQ(answers.at(0)["reason"], "the number is on the do-not-contact register gb-tps of 2026-03-01");
}

}  // namespace
}  // namespace overture::testing
