// Deepgram's live transcription, with its other end played by the test.
#include <gtest/gtest.h>

#include "contracts.hpp"
#include "damage.hpp"
#include "deepgram/transcriber.hpp"
#include "openapi.hpp"
#include "speech.hpp"

namespace overture::testing {
namespace {

const Json kRequest{{"language", "en-US"},
                    {"encoding", "mulaw"},
                    {"rate", 8000},
                    {"patience_ms", 700},
                    {"words", {"Brightroof"}}};

std::string results(const std::string& text, double start, double duration, bool final,
                    bool speechFinal = false) {
    auto words = Json::array();
    words.push_back({{"word", text},
                     {"punctuated_word", text},
                     {"start", start + 0.1},
                     {"end", start + duration - 0.1},
                     {"confidence", 0.8}});
    return Json{
        {"type", "Results"},
        {"channel_index", {0, 1}},
        {"start", start},
        {"duration", duration},
        {"is_final", final},
        {"speech_final", speechFinal},
        {"channel",
         {{"alternatives",
           {{{"transcript", text}, {"confidence", 0.9}, {"words", text.empty() ? Json::array() : words}}}}}},
        {"metadata",
         {{"request_id", "r"},
          {"model_uuid", "m"},
          {"model_info", {{"name", "n"}, {"version", "1"}, {"arch", "a"}}}}}}
        .dump();
}

class DeepgramTest : public ::testing::Test {
protected:
    DeepgramTest() : plugin(speechEntry(made), host) { host.secret("api_key", "k3y"); }
    static sdk::Opened made(sdk::Host host, const Json& settings) {
        sdk::Opened opened;
        opened.transcriber = std::make_shared<deepgram::LiveTranscriber>(host, settings);
        return opened;
    }
    void listen() {
        const auto answer = plugin.listen(kRequest, listening);
        ASSERT_EQ(answer.outcome, Outcome::ok) << answer.message;
        EXPECT_EQ(answer.document["micros_per_minute"], 7700);
    }
    FakeSocket& socket() { return *host.sockets().back(); }
    /// The sound that was sent since it was last looked, and the texts.
    std::string sound() {
        std::string bytes;
        for (const auto& message : socket().sent()) (message.binary ? bytes : texts) += message.bytes;
        return bytes;
    }
    std::vector<std::string> heard() {
        std::vector<std::string> out;
        for (const auto& words : listening->words())
            out.push_back(words["kind"].get<std::string>() + " " + words["text"].get<std::string>());
        return out;
    }

    FakeHost host;
    Plugin plugin;
    std::unique_ptr<FakeListening> listening;
    std::string texts;
};

TEST_F(DeepgramTest, SoundGoesOutAndWordsComeIn) {
    listen();
    EXPECT_EQ(socket().headers,
              (std::vector<std::pair<std::string, std::string>>{{"Authorization", "Token k3y"}}));
    EXPECT_EQ(socket().url,
              "wss://api.deepgram.com/v1/"
              "listen?channels=1&model=nova-3&language=en-US&encoding=mulaw&sample_rate=8000&"
              "interim_results=true&punctuate=true&smart_format=true&vad_events=true&endpointing=700&"
              "utterance_end_ms=1000&"
              "keyterm=Brightroof");
    const auto early = silence(200);
    feed(*listening, early);
    socket().open();
    EXPECT_EQ(sound(), early) << "what was said before it was open is not lost";
    feed(*listening, silence(100));
    EXPECT_EQ(sound().size(), 800u);
    socket().say(R"({"type":"SpeechStarted","channel":[0],"timestamp":0.05})");
    socket().say(results("yes", 0, 0.2, false));
    socket().say(results("yes tomorrow", 0, 0.3, true, true));
    EXPECT_EQ(heard(),
              (std::vector<std::string>{"started ", "interim yes", "final yes tomorrow", "ended_turn "}));
    socket().say(R"({"type":"UtteranceEnd","channel":[0,1],"last_word_end":0.2})");
    EXPECT_TRUE(heard().empty()) << "the turn was over already";
    EXPECT_EQ(listening->breach(), "");
}

TEST_F(DeepgramTest, TheEndIsAskedForAndWaitedFor) {
    listen();
    feed(*listening, silence(100));
    listening->finish();
    EXPECT_FALSE(listening->ended());
    socket().open();
    EXPECT_EQ(sound().size(), 800u);
    EXPECT_EQ(texts, R"({"type":"Finalize"}{"type":"CloseStream"})");
    socket().say(results("last words", 0, 0.1, true));
    socket().end(OVERTURE_WEBSOCKET_CLOSED, 1000);
    EXPECT_EQ(listening->ended()->outcome, Outcome::ok);
    EXPECT_EQ(listening->finals(), "last words");
    EXPECT_EQ(host.sockets().size(), 1u);
}

TEST_F(DeepgramTest, AVendorThatNeverEndsIsNotWaitedForForEver) {
    listen();
    socket().open();
    listening->finish();
    for (int second = 0; second < 9; ++second) socket().tick();
    EXPECT_EQ(listening->ended()->outcome, Outcome::transient);
    EXPECT_EQ(listening->ended()->code, "late");
}

TEST_F(DeepgramTest, ABreakLosesNothingAndRepeatsNothing) {
    listen();
    socket().open();
    const auto first = std::string(1600, 'a'), second = std::string(1600, 'b');
    feed(*listening, first + second);
    EXPECT_EQ(sound(), first + second);
    socket().say(results("first", 0, 0.2, true));
    socket().end(OVERTURE_WEBSOCKET_LOST);
    ASSERT_EQ(host.sockets().size(), 2u);
    EXPECT_EQ(socket().delayMs, 100);
    feed(*listening, std::string(800, 'c'));
    socket().open();
    EXPECT_EQ(sound(), second + std::string(800, 'c'))
        << "what was not final is sent again, and nothing else";
    socket().say(results("second", 0, 0.3, true));
    EXPECT_EQ(listening->finals(), "first second");
    const auto words = listening->words();
    EXPECT_EQ(words.back()["from_ms"], 300) << "times are the stream's";
    EXPECT_EQ(words.back()["words"][0]["to_ms"], 400);
}

TEST_F(DeepgramTest, AfterAFewTriesItGivesUp) {
    listen();
    std::vector<std::int64_t> delays;
    for (int i = 0; i < 4 && !listening->ended(); ++i) {
        socket().end(OVERTURE_WEBSOCKET_NOT_OPENED);
        delays.push_back(socket().delayMs);
    }
    EXPECT_EQ(delays, (std::vector<std::int64_t>{100, 500, 2000, 2000}));
    EXPECT_EQ(listening->ended()->outcome, Outcome::transient);
    EXPECT_EQ(host.sockets().size(), 4u);
    feed(*listening, silence(1000));  // nobody is harmed
}

TEST_F(DeepgramTest, RefusalsAreWhatTheyAre) {
    const std::vector<std::tuple<int, std::int64_t, Outcome>> ways{
        {401, -1, Outcome::auth},       {402, -1, Outcome::auth},    {403, -1, Outcome::auth},
        {400, -1, Outcome::invalid},    {302, -1, Outcome::invalid}, {429, 60'000, Outcome::limited},
        {503, 60'000, Outcome::limited}};
    for (const auto& [status, after, outcome] : ways) {
        listen();
        socket().end(OVERTURE_WEBSOCKET_REFUSED, status, R"({"err_code":"INVALID_AUTH","err_msg":"k3y"})",
                     after);
        ASSERT_TRUE(listening->ended()) << status;
        EXPECT_EQ(listening->ended()->outcome, outcome) << status;
        EXPECT_EQ(listening->ended()->message.find("k3y"), std::string::npos);
        listening.reset();
    }
    listen();
    socket().end(OVERTURE_WEBSOCKET_REFUSED, 429, {}, 3000);
    EXPECT_FALSE(listening->ended()) << "three seconds can be waited for";
    EXPECT_EQ(socket().delayMs, 3000);
}

TEST_F(DeepgramTest, SilenceOnOurSideIsKeptAlive) {
    listen();
    socket().open();
    for (int second = 0; second < 4; ++second) socket().tick();
    sound();
    EXPECT_EQ(texts, R"({"type":"KeepAlive"})");
}

TEST_F(DeepgramTest, ALineThatTakesNothingForHalfAMinuteIsGivenUp) {
    listen();
    socket().open();
    socket().fill();
    feed(*listening, silence(29'000));
    EXPECT_FALSE(listening->ended());
    socket().fill(false);
    feed(*listening, silence(20));
    EXPECT_EQ(sound().size(), 8u * 29'020) << "in order, when there is room again";
    socket().fill();
    feed(*listening, silence(31'000));
    ASSERT_TRUE(listening->ended());
    EXPECT_EQ(listening->ended()->code, "behind");
}

TEST_F(DeepgramTest, WithoutAKeyNothingIsAsked) {
    FakeHost keyless;
    Plugin other(speechEntry(made), keyless);
    EXPECT_EQ(other.listen(kRequest, listening).outcome, Outcome::auth);
    EXPECT_TRUE(keyless.sockets().empty());
}

TEST_F(DeepgramTest, DamagedMessagesHarmNobody) {
    listen();
    socket().open();
    feed(*listening, silence(1000));
    damage::each({results("a b c", 0, 0.5, true, true), results("x", 0.1, 0.2, false),
                  R"({"type":"UtteranceEnd","channel":[0,1],"last_word_end":-1})"},
                 [&](const std::string& message) { socket().say(message); });
    EXPECT_EQ(listening->breach(), "");
}

TEST_F(DeepgramTest, ItsOwnDescriptionAcceptsWhatIsSaid) {
    OVERTURE_CONTRACT(described, "deepgram-streaming.json");
    listen();
    socket().open();
    for (int second = 0; second < 4; ++second) socket().tick();
    listening->finish();
    const openapi::Judge judge(described);
    int said = 0;
    for (const auto& message : socket().sent()) {
        const auto document = Json::parse(message.bytes);
        EXPECT_EQ(judge.faults(document, "ListenV1_ListenV1" + document["type"].get<std::string>()),
                  std::vector<std::string>{});
        ++said;
    }
    EXPECT_EQ(said, 3);
    const auto& query = described["channels"]["/v1/listen"]["bindings"]["ws"]["query"]["properties"];
    const auto asked = socket().url.substr(socket().url.find('?') + 1);
    for (const auto& field : split(asked, '&'))
        EXPECT_TRUE(query.contains(field.substr(0, field.find('=')))) << field;
    EXPECT_EQ(judge.faults(Json::parse(results("yes", 0, 0.2, true)), "ListenV1_ListenV1Results"),
              std::vector<std::string>{})
        << "and what this test says for it is what it says";
    contracts::accepted("deepgram", "listen", "deepgram-streaming.json");
}

/// Whatever stands in what the engine asks: it is refused with a sentence, or the vendor's description has all that is asked.
TEST_F(DeepgramTest, NothingLeavesThatItsDescriptionRefuses) {
    OVERTURE_CONTRACT(described, "deepgram-streaming.json");
    const auto& query = described["channels"]["/v1/listen"]["bindings"]["ws"]["query"]["properties"];
    const openapi::Judge judge(described);
    const std::vector<Json> strangers{nullptr,
                                      true,
                                      -1,
                                      1e300,
                                      "",
                                      "../x?y#z\r\nX: y",
                                      Json::array(),
                                      Json::object(),
                                      Json::array({1}),
                                      std::string(5000, 'x')};
    std::size_t tried = 0;
    for (const auto& [name, good] : kRequest.items()) {
        for (const auto& stranger : strangers) {
            auto asked = kRequest;
            asked[name] = stranger;
            const auto before = host.sockets().size();
            const auto answer = plugin.listen(asked, listening);
            ++tried;
            if (answer.outcome != Outcome::ok) {
                EXPECT_EQ(answer.outcome, Outcome::invalid) << name << stranger;
                EXPECT_NE(answer.message.find(name), std::string::npos) << answer.message;
                EXPECT_EQ(host.sockets().size(), before);
                continue;
            }
            const auto url = socket().url;
            EXPECT_EQ(url.find_first_of("\r\n #"), std::string::npos) << url;
            for (const auto& field : split(url.substr(url.find('?') + 1), '&')) {
                const auto key = field.substr(0, field.find('='));
                EXPECT_TRUE(query.contains(key)) << field;
                EXPECT_TRUE(key != "encoding" || judge.faults(field.substr(9), "ListenV1Encoding").empty());
            }
        }
    }
    if (HasFailure()) return;
    std::cout << "contract: deepgram | listen | of " << tried
              << " strange ones none left that deepgram-streaming.json refuses" << std::endl;
}

}  // namespace
}  // namespace overture::testing
