// The asking commands as an operator's script uses them: the real binary, questions in, answers out.
#include <gtest/gtest.h>

#include <sys/wait.h>
#include <cstdio>

#include "base/json.hpp"
#include "base/text.hpp"

namespace overture {
namespace {

struct Ran {
    int status = -1;
    std::vector<Json> answers;
    std::string out;
};

Ran ask(const std::string& command, const std::string& questions = {}) {
    const auto file =
        std::string(::testing::TempDir()) + "/questions-" + std::to_string(::getpid()) + ".jsonl";
    writeFile(file, questions);
    const auto line = std::string(OVERTURE_BUILD_DIR) + "/overture " + command + " < " + file + " 2>&1";
    Ran ran;
    FILE* pipe = ::popen(line.c_str(), "r");
    if (pipe == nullptr) throw Error("the program cannot be started", line);
    char bytes[4096];
    for (std::size_t got = 0; (got = std::fread(bytes, 1, sizeof bytes, pipe)) > 0;)
        ran.out.append(bytes, got);
    ran.status = WEXITSTATUS(::pclose(pipe));
    std::remove(file.c_str());
    for (const auto& answer : split(ran.out, '\n'))
        if (const auto parsed = parseJson(answer, "answer"); parsed && parsed->is_object())
            ran.answers.push_back(*parsed);
    return ran;
}

TEST(Asking, TheGateAnswersEveryLineInOrder) {
    const auto ran = ask(
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
    ASSERT_EQ(ran.answers.size(), 6u) << ran.out;
    EXPECT_EQ(ran.answers[0]["not_before"], "2026-03-03T13:00:00Z");
    EXPECT_EQ(ran.answers[0]["rule"], "us-fl.window");
    EXPECT_EQ(ran.answers[0]["jurisdictions"], Json({"US", "US-FL"}));
    EXPECT_TRUE(ran.answers[1]["id"].is_null());
    EXPECT_TRUE(ran.answers[1].contains("error"));
    EXPECT_EQ(ran.answers[2]["id"], "b");
    EXPECT_EQ(ran.answers[2]["verdict"], "refuse");
    EXPECT_EQ(ran.answers[3]["error"], "\"at\" is missing");
    EXPECT_EQ(ran.answers[4]["rule"], "house.suppressed");
    EXPECT_EQ(ran.answers[5]["verdict"], "allow");
    EXPECT_EQ(ran.answers[5]["zones"], Json({"America/Phoenix"}));
}

TEST(Asking, ZonePhoneAndOptOut) {
    const auto zone = ask("zone --batch -", R"({"id": 1, "phone": "+12125550123", "said": "I'm in Phoenix"})"
                                            "\n"
                                            R"({"id": 2, "zone": "Mars/Olympus"})"
                                            "\n");
    EXPECT_EQ(zone.status, 0);
    EXPECT_EQ(zone.answers.at(0)["zones"], Json({"America/Phoenix"}));
    EXPECT_EQ(zone.answers.at(0)["by"], Json({"said"}));
    EXPECT_EQ(zone.answers.at(1)["zones"], Json::array());
    EXPECT_EQ(zone.answers.at(1)["problems"], Json({"\"Mars/Olympus\" is not a time zone"}));
    const auto phone = ask("phone check --batch -", R"({"id": 1, "raw": "(480) 555-0123", "region": "US"})"
                                                    "\n"
                                                    R"({"id": 2, "raw": "12"})"
                                                    "\n");
    EXPECT_EQ(phone.answers.at(0)["e164"], "+14805550123");
    EXPECT_EQ(phone.answers.at(1)["valid"], false);
    EXPECT_NE(phone.answers.at(1)["reason"], "");
    const auto optout = ask("optout check --batch -", R"({"id": 1, "text": "STOP!!!"})"
                                                      "\n"
                                                      R"({"id": 2, "text": "stop by on Tuesday"})"
                                                      "\n");
    EXPECT_EQ(optout.answers.at(0)["verdict"], "optout");
    EXPECT_EQ(optout.answers.at(1)["verdict"], "none");
}

TEST(Asking, OneQuestionInWords) {
    const auto gate = ask("gate explain --channel sms --phone +13055550123 --at 2026-03-03T01:30:00Z");
    EXPECT_EQ(gate.status, 0);
    EXPECT_NE(gate.out.find("Not now; allowed from 2026-03-03T13:00:00Z"), std::string::npos) << gate.out;
    EXPECT_NE(gate.out.find("Fla. Stat. 501.616(6)(a)"), std::string::npos);
    EXPECT_EQ(ask("gate explain --phone +13055550123").status, 2);
    EXPECT_EQ(ask("gate explain --batch /nonexistent").status, 1);
    for (const char* command : {"gate explain", "zone", "phone check", "optout check"})
        EXPECT_NE(ask(std::string(command) + " --help").out.find("Example: overture " + std::string(command)),
                  std::string::npos);
}

}  // namespace
}  // namespace overture
