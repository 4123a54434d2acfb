// Amazon Polly's speech.
#include <gtest/gtest.h>

#include "contracts.hpp"
#include "mistakes.hpp"
#include "openapi.hpp"
#include "polly/synthesizer.hpp"
#include "speech.hpp"

namespace overture::testing {
namespace {

const Json kRequest{{"text", "Hello there"}, {"language", "en"}, {"encoding", "mulaw"}, {"rate", 8000}};
const std::vector<std::pair<std::string, std::string>> kPcm{{"Content-Type", "audio/pcm"}};
const std::string kBase = "https://polly.eu-west-1.amazonaws.com";

class PollyTest : public ::testing::Test {
protected:
    PollyTest() : plugin(speechEntry(made), host, {{"region", "eu-west-1"}}) {
        host.secret("access_key_id", "AKIAEXAMPLE");
        host.secret("secret_access_key", "s3cret");
    }
    static sdk::Opened made(sdk::Host host, const Json& settings) {
        sdk::Opened opened;
        opened.synthesizer = std::make_shared<polly::PollySynthesizer>(host, settings);
        return opened;
    }
    FakeHost host;
    Plugin plugin;
};

TEST_F(PollyTest, SpeaksInTheFormThatIsAskedFor) {
    host.answer(200, std::string(16'000, '\0'), kPcm);
    const auto spoken = speak(plugin, kRequest);
    ASSERT_EQ(spoken.answer.outcome, Outcome::ok) << spoken.answer.message;
    EXPECT_EQ(spoken.audio, std::string(8000, '\xff'));
    EXPECT_EQ(spoken.answer.document, (Json{{"milliseconds", 1000},
                                            {"characters", 11},
                                            {"model", "polly neural"},
                                            {"cost_micros", 176},
                                            {"currency", "USD"}}));
    const auto asked = host.requests().at(0);
    EXPECT_EQ(asked.method + " " + asked.url, "POST " + kBase + "/v1/speech");
    EXPECT_EQ(Json::parse(asked.body), (Json{{"Engine", "neural"},
                                             {"OutputFormat", "pcm"},
                                             {"SampleRate", "8000"},
                                             {"Text", "Hello there"},
                                             {"TextType", "text"},
                                             {"VoiceId", "Joanna"}}));
    const auto signature = std::find_if(asked.headers.begin(), asked.headers.end(),
                                        [](const auto& header) { return header.first == "Authorization"; });
    ASSERT_NE(signature, asked.headers.end());
    EXPECT_NE(signature->second.find("/eu-west-1/polly/aws4_request"), std::string::npos)
        << signature->second;
    host.answer(200, std::string(32'000, '\0'), kPcm);
    auto wide = kRequest;
    wide.update({{"encoding", "pcm16"}, {"rate", 24000}, {"speed", 1.25}, {"text", "a < b & c"}});
    const auto other = speak(plugin, wide);
    EXPECT_NEAR(other.answer.document["milliseconds"].get<int>(), 1000, 2);
    EXPECT_EQ(Json::parse(host.requests().back().body)["Text"],
              "<speak><prosody rate=\"125%\">a &lt; b &amp; c</prosody></speak>");
}

TEST_F(PollyTest, RefusalsAreWhatTheyAre) {
    const std::vector<std::tuple<int, std::string, Outcome>> ways{
        {400, "UnrecognizedClientException", Outcome::auth},
        {403, "AccessDeniedException", Outcome::auth},
        {400, "ThrottlingException:http://x", Outcome::limited},
        {400, "EngineNotSupportedException", Outcome::invalid},
        {400, "TextLengthExceededException", Outcome::invalid},
        {500, "ServiceFailureException", Outcome::transient}};
    for (const auto& [status, code, outcome] : ways) {
        host.answer(status, R"({"message":"s3cret"})",
                    {{"x-amzn-ErrorType", code}, {"Content-Type", "application/json"}, {"Retry-After", "7"}});
        const auto spoken = speak(plugin, kRequest);
        EXPECT_EQ(spoken.answer.outcome, outcome) << code << spoken.answer.message;
        EXPECT_EQ(spoken.audio, "");
        EXPECT_EQ(spoken.answer.message.find("s3cret"), std::string::npos);
        if (outcome == Outcome::limited) {
            EXPECT_EQ(spoken.answer.retryAfterMs, 7000);
        }
    }
}

TEST_F(PollyTest, AVoiceThatDoesNotExistIsToldWithThoseThatDo) {
    host.answer(
        400,
        R"({"message":"1 validation error detected: Value 'Amytwo' at 'voiceId' failed to satisfy constraint"})",
        {{"x-amzn-ErrorType", "ValidationException"}, {"Content-Type", "application/json"}});
    host.answer(
        200,
        R"({"Voices":[{"Id":"Joanna","Name":"Joanna","LanguageCode":"en-US"},{"Id":"Vicki","Name":"Vicki","LanguageCode":"de-DE"}]})");
    auto request = kRequest;
    request["voice"] = "Amytwo";
    const auto answer = speak(plugin, request).answer;
    EXPECT_EQ(answer.outcome, Outcome::invalid);
    EXPECT_EQ(answer.message, "there is no voice \"Amytwo\"; there are Joanna (Joanna), Vicki (Vicki)");
    EXPECT_EQ(host.requests().back().url, kBase + "/v1/voices?Engine=neural");
    host.answer(
        200,
        R"({"Voices":[{"Id":"Joanna","Name":"Joanna","LanguageCode":"en-US"},{"Id":"Vicki","Name":"Vicki","LanguageCode":"de-DE"}]})");
    EXPECT_EQ(plugin.call("speech.synthesize/1", "voices", {{"language", "de"}}).document["voices"].size(),
              1u);
}

TEST_F(PollyTest, WhatBrokeOffIsUnknownWhenSomethingWasHeard) {
    host.stall({std::string(800, 'x')}, "audio/pcm");
    EXPECT_EQ(speak(plugin, kRequest).answer.outcome, Outcome::unknown);
    host.stall({}, "audio/pcm");
    EXPECT_EQ(speak(plugin, kRequest).answer.code, "late");
}

TEST_F(PollyTest, ItsOwnDescriptionAcceptsWhatIsAsked) {
    OVERTURE_CONTRACT(described, "aws-polly.json");
    const openapi::Judge judge(described);
    const auto faults = [&](const HttpRequest& request) {
        return judge.requestFaults("post", request.url.substr(kBase.size()), Json::parse(request.body));
    };
    host.answer(200, std::string(800, '\0'), kPcm);
    speak(plugin, kRequest);
    EXPECT_EQ(faults(host.requests().at(0)), std::vector<std::string>{});
    contracts::accepted("polly", "speak", "aws-polly.json");
    auto asked = kRequest;
    asked.update({{"voice", "Joanna"}, {"speed", 1.0}});
    contracts::neverWrong(
        "polly", {"speak"}, "aws-polly.json",
        {asked, [&](const Json& request) { return speak(plugin, request).answer; },
         [](const HttpRequest&) { return HttpAnswer{true, true, 200, kPcm, "xx", {}}; }, faults, host});
}

}  // namespace
}  // namespace overture::testing
