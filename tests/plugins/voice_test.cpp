#include <gtest/gtest.h>

#include "channel.hpp"
#include "spoken.hpp"

namespace overture::voice {
namespace {

using Json = nlohmann::json;
constexpr sdk::Call kCall{1000};

Json composed(const std::string& text, const Json& duties, const std::string& language = "en") {
    Texts texts(Json::object());
    const auto answer =
        texts.compose({{"text", text}, {"duties", duties}, {"language", language}, {"first", true}}, kCall);
    EXPECT_EQ(answer.outcome, sdk::Outcome::ok) << answer.message;
    return answer.document.at("parts").at(0);
}

TEST(Spoken, SentencesEndWherePeopleEndThem) {
    EXPECT_EQ(sentencesOf("Hi Ann. Dr. Miller has time at 10 a.m. on Tuesday! Is that right? Good"),
              (Words{"Hi Ann.", "Dr. Miller has time at 10 a.m. on Tuesday!", "Is that right?", "Good"}));
    EXPECT_EQ(sentencesOf("It is 3.5 percent. See roof.example/a.b today."),
              (Words{"It is 3.5 percent.", "See roof.example/a.b today."}));
    EXPECT_EQ(sentencesOf("नमस्ते। आप कैसे हैं?"), (Words{"नमस्ते।", "आप कैसे हैं?"}));
    EXPECT_EQ(sentencesOf("  \n "), Words{});
    const auto lengthy =
        sentencesOf(std::string(40, 'a') + ", " + std::string(150, 'b') + ", " + std::string(100, 'c') + ".");
    EXPECT_EQ(lengthy.size(), 2u);
}

TEST(Spoken, WhatNobodyCanSayBecomesWords) {
    const auto& en = languageOf("en-US");
    EXPECT_EQ(saidAloud("Write to ann@roof.example, or see https://roof.example/a-b?x=1.", en),
              "Write to ann at roof dot example, or see roof dot example slash a dash b.");
    EXPECT_EQ(saidAloud("Call +1-202-555-0100.", en), "Call 1, 2 0 2, 5 5 5, 0 1 0 0.");
    EXPECT_EQ(saidAloud("It costs $90.00, that is 5% of **all** 😀", en),
              "It costs 90 dollars, that is 5 percent of all");
    EXPECT_EQ(saidAloud("₹500", languageOf("hi")), "500 रुपये");
    EXPECT_EQ(saidAloud("Tuesday at 10:30 in room 12", en), "Tuesday at 10:30 in room 12");
}

TEST(VoiceChannel, WhatARuleAsksForIsSaidFirstAndNotTwice) {
    const auto own = composed(
        "Hi Ann, this is Katie, an automated assistant of Bright Roof. This call is recorded. Is now a bad "
        "time?",
        {"say_ai", "recording_notice"});
    EXPECT_EQ(own["notice"].size(), 2u);
    EXPECT_EQ(own["sentences"], Json::array({"Is now a bad time?"}));
    const auto added = composed("Hi Ann. Is now a bad time?", {"announce_ai_voice", "recording_notice"});
    EXPECT_EQ(added["notice"], Json::array({"I am an automated assistant.", "This call is recorded."}));
    EXPECT_EQ(added["text"],
              "I am an automated assistant. This call is recorded. Hi Ann. Is now a bad time?");
    const auto none = composed("Hi Ann. The paint remains.", Json::array());
    EXPECT_EQ(none["notice"], Json::array());
    EXPECT_EQ(none["says_recorded"], false);
    EXPECT_EQ(added["says_recorded"], true);
    EXPECT_EQ(composed("Hi Ann.", {"say_ai"})["says_recorded"], false);
    const auto inside = composed("Hi Ann. The paint remains.", {"say_ai"});
    EXPECT_EQ(inside["notice"].size(), 1u) << "\"ai\" within a word is none";
    EXPECT_EQ(composed("नमस्ते।", {"say_ai"}, "hi")["notice"], Json::array({"मैं एक स्वचालित सहायक हूँ।"}));
}

TEST(VoiceChannel, TextsThatCannotBeSaidAreRefused) {
    Texts texts(Json{{"longest", 20}});
    EXPECT_EQ(texts.compose({{"text", " "}}, kCall).outcome, sdk::Outcome::invalid);
    EXPECT_EQ(texts.compose({{"text", std::string(21, 'a')}}, kCall).outcome, sdk::Outcome::invalid);
    EXPECT_EQ(texts.read({{"text", 7}}, kCall).outcome, sdk::Outcome::invalid);
}

TEST(VoiceChannel, EveryOutcomeHasAConsequence) {
    Manners manners;
    const auto then = [&](const std::string& outcome, int tries) {
        return manners.follow({{"outcome", outcome}, {"tries", tries}}, kCall).document;
    };
    EXPECT_EQ(then("no_answer", 1)["then"], "again");
    EXPECT_EQ(then("no_answer", 3)["then"], "text");
    EXPECT_LT(then("busy", 1)["after_seconds"], then("no_answer", 1)["after_seconds"]);
    for (const auto* outcome : {"machine", "screening"}) EXPECT_EQ(then(outcome, 1)["then"], "text");
    EXPECT_EQ(then("fax", 1)["then"], "close");
    EXPECT_EQ(then("hung_up", 1)["then"], "nothing");
    EXPECT_EQ(then("eaten by a dog", 1)["then"], "person");
}

TEST(VoiceChannel, EveryLanguageHasAllItsManners) {
    Manners manners;
    for (const auto* code : {"en", "hi-IN", "es", "xx"}) {
        const auto all =
            manners.manners({{"language", code}, {"sender_name", "Bright Roof"}}, kCall).document;
        for (const auto* name : {"backchannels", "greetings", "fillers", "clarify", "are_you_there",
                                 "machine", "screening", "menu", "leave", "who_calls"})
            EXPECT_FALSE(all[name].empty()) << code << " " << name;
        EXPECT_NE(all["leave"].dump().find("Bright Roof"), std::string::npos);
        EXPECT_FALSE(all["goodbye"].get<std::string>().empty());
    }
    EXPECT_EQ(manners.manners({{"language", "xx"}}, kCall).document["language"], "en");
}

}  // namespace
}  // namespace overture::voice
