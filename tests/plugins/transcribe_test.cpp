// Amazon Transcribe's streams, with their other end played by the test.
#include <gtest/gtest.h>

#include "aws/event_stream.hpp"
#include "contracts.hpp"
#include "damage.hpp"
#include "openapi.hpp"
#include "overture/documents.hpp"
#include "speech.hpp"
#include "transcribe/transcriber.hpp"

namespace overture::testing {
namespace {

const Json kAsked{{"language", "en-US"},
                  {"encoding", "mulaw"},
                  {"rate", 8000},
                  {"patience_ms", 700},
                  {"words", {"Brightroof"}}};
const std::string kShapes = "aws-transcribe-streaming.shapes.json";

Json item(const std::string& text, double from, double to, double confidence) {
    return {{"Content", text}, {"StartTime", from},        {"EndTime", to},
            {"Stable", true},  {"Confidence", confidence}, {"Type", "pronunciation"}};
}
Json resultOf(const std::string& text, double from, double to, bool partial, Json items = Json::array()) {
    return {{"ResultId", "r1"},
            {"StartTime", from},
            {"EndTime", to},
            {"IsPartial", partial},
            {"ChannelId", "ch_0"},
            {"Alternatives", Json::array({{{"Transcript", text}, {"Items", std::move(items)}}})}};
}
std::string transcript(const Json& results) {
    return aws::frameOf({{":message-type", "event"},
                         {":event-type", "TranscriptEvent"},
                         {":content-type", "application/json"}},
                        Json{{"Transcript", {{"Results", results}}}}.dump());
}
std::string result(const std::string& text, double from, double to, bool partial,
                   Json items = Json::array()) {
    return transcript(Json::array({resultOf(text, from, to, partial, std::move(items))}));
}
std::string exception(const std::string& name, const std::string& message = "s3cret") {
    return aws::frameOf({{":message-type", "exception"}, {":exception-type", name}},
                        Json{{"Message", message}}.dump());
}

class TranscribeTest : public ::testing::Test {
protected:
    TranscribeTest() { open(); }
    void open(Json settings = Json::object()) {
        listening.reset();
        plugin.reset();
        host.secret("access_key_id", "AKIAEXAMPLE");
        host.secret("secret_access_key", "s3cret");
        if (!settings.contains("region")) settings["region"] = "eu-west-1";
        plugin.emplace(speechEntry(made), host, settings);
    }
    static sdk::Opened made(sdk::Host host, const Json& settings) {
        sdk::Opened opened;
        opened.transcriber = std::make_shared<transcribe::StreamingTranscriber>(host, settings);
        return opened;
    }
    void listen(const Json& asked = kAsked) {
        listening.reset();
        const auto answer = plugin->listen(asked, listening);
        ASSERT_EQ(answer.outcome, Outcome::ok) << answer.message;
        EXPECT_EQ(answer.document["micros_per_minute"], 24000);
        socket().open();
    }
    FakeSocket& socket() { return *host.sockets().back(); }
    /// The sound that was sent since it was last looked, as PCM; each message is one AudioEvent.
    std::string sound() {
        std::string bytes;
        frames = 0;
        for (const auto& message : socket().sent()) {
            EXPECT_TRUE(message.binary);
            aws::EventStream stream;
            EXPECT_TRUE(stream.take(message.bytes, [&](const aws::StreamMessage& one) {
                EXPECT_EQ(one.text(":message-type") + " " + one.text(":event-type") + " " +
                              one.text(":content-type"),
                          "event AudioEvent application/octet-stream");
                bytes += one.payload;
                empty = one.payload.empty();
                ++frames;
            }));
        }
        return bytes;
    }
    std::vector<std::string> heard() {
        std::vector<std::string> out;
        for (const auto& words : listening->words())
            out.push_back(words["kind"].get<std::string>() + " " + words["text"].get<std::string>());
        return out;
    }

    FakeHost host;
    std::optional<Plugin> plugin;
    std::unique_ptr<FakeListening> listening;
    std::size_t frames = 0;
    bool empty = false;  ///< the last of them
};

using Strings = std::vector<std::string>;

TEST_F(TranscribeTest, SoundGoesOutAndWordsComeIn) {
    listen();
    const auto url = socket().url;
    EXPECT_TRUE(url.starts_with(
        "wss://transcribestreaming.eu-west-1.amazonaws.com:8443/stream-transcription-websocket?"
        "language-code=en-US&media-encoding=pcm&sample-rate=8000&enable-partial-results-stabilization=true&"
        "partial-results-stability=high&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAEXAMPLE%2F"))
        << url;
    EXPECT_EQ(sdk::queryValue(url, "X-Amz-Credential"),
              "AKIAEXAMPLE/20260301/eu-west-1/transcribe/aws4_request");
    EXPECT_EQ(sdk::queryValue(url, "X-Amz-Expires"), "300");
    EXPECT_EQ(sdk::queryValue(url, "X-Amz-Signature").size(), 64u);
    EXPECT_EQ(url.find("s3cret"), std::string::npos);
    feed(*listening, silence(400));
    EXPECT_EQ(sound(), std::string(6400, '\0')) << "mu-law became PCM of the same rate";
    EXPECT_EQ(frames, 20u);
    socket().sayBytes(result("yes", 0.1, 0.3, true, {item("yes", 0.1, 0.3, 0.9)}));
    socket().sayBytes(transcript(Json::array()));
    EXPECT_EQ(heard(), (Strings{"started ", "interim yes"}));
    auto items = Json::array({item("Yes", 0.1, 0.25, 0.9), item("three", 0.28, 0.35, 0.5)});
    items.push_back({{"Content", "."}, {"Type", "punctuation"}, {"StartTime", 0.35}, {"EndTime", 0.35}});
    socket().sayBytes(result("Yes three.", 0.1, 0.38, false, items));
    const auto words = listening->words();
    ASSERT_EQ(words.size(), 1u);
    EXPECT_EQ(words[0]["kind"], "final");
    EXPECT_NEAR(words[0]["confidence"].get<double>(), 0.7, 1e-9);
    EXPECT_EQ(words[0]["words"][1],
              (Json{{"text", "three."}, {"from_ms", 280}, {"to_ms", 350}, {"confidence", 0.5}}));
    EXPECT_EQ(words[0]["to_ms"], 350);
    EXPECT_EQ(listening->breach(), "");
}

TEST_F(TranscribeTest, PcmGoesOutAsItIsWhateverItsRate) {
    auto asked = kAsked;
    asked.update({{"encoding", "pcm16"}, {"rate", 16000}});
    listen(asked);
    EXPECT_EQ(sdk::queryValue(socket().url, "sample-rate"), "16000");
    listening->audio("abc");
    listening->audio("def");
    EXPECT_EQ(sound(), "abcdef") << "cut within a sample";
    listening->audio("x");
    socket().end(OVERTURE_WEBSOCKET_LOST);
    socket().open();
    EXPECT_EQ(sound(), "abcdef") << "half a sample is waited for";
}

TEST_F(TranscribeTest, ATurnEndsWhenAllIsFinalAndThePatienceIsOver) {
    listen();
    feed(*listening, silence(1000));
    socket().sayBytes(result("at three", 0, 0.5, true, {item("three", 0, 0.5, 1)}));
    feed(*listening, silence(500));
    EXPECT_EQ(heard(), (Strings{"started ", "interim at three"})) << "it may still change its mind";
    socket().sayBytes(result("At three.", 0, 0.5, false, {item("three", 0, 0.5, 1)}));
    EXPECT_EQ(heard(), (Strings{"final At three.", "ended_turn "})) << "a second of silence has passed";
    socket().sayBytes(result("no", 1.4, 1.5, false, {item("no", 1.4, 1.5, 1)}));
    EXPECT_EQ(heard(), (Strings{"started ", "final no"}));
    feed(*listening, silence(600));
    EXPECT_TRUE(heard().empty());
    feed(*listening, silence(200));
    EXPECT_EQ(heard(), (Strings{"ended_turn "})) << "by the clock of the sound";
}

TEST_F(TranscribeTest, ALineWithoutSoundIsKeptAndItsClockIsOurs) {
    listen();
    feed(*listening, silence(200));
    sound();
    for (int second = 0; second < 8; ++second) socket().tick();
    EXPECT_EQ(sound(), std::string(3200, '\0')) << "twice a tenth of a second";
    feed(*listening, silence(800));
    socket().sayBytes(result("yes", 0.6, 0.9, false, {item("yes", 0.6, 0.9, 1)}));
    EXPECT_EQ(listening->words().back()["from_ms"], 400) << "what was put in does not count";
}

TEST_F(TranscribeTest, TheEndIsAnEmptyMessage) {
    listen();
    feed(*listening, silence(100));
    listening->finish();
    sound();
    EXPECT_TRUE(empty);
    socket().sayBytes(result("bye", 0, 0.1, false));
    EXPECT_FALSE(listening->ended());
    socket().end(OVERTURE_WEBSOCKET_CLOSED, 1000);
    EXPECT_EQ(listening->ended()->outcome, Outcome::ok);
    EXPECT_EQ(listening->finals(), "bye");
}

TEST_F(TranscribeTest, ABreakLosesNothingAndIsSignedAnew) {
    listen();
    feed(*listening, std::string(1600, '\x10') + std::string(1600, '\x20'));
    const auto all = sound();
    socket().sayBytes(result("first", 0, 0.2, false, {item("first", 0, 0.2, 1)}));
    socket().sayBytes(result("sec", 0.25, 0.4, true));
    const auto before = socket().url;
    host.now(1'772'384'800'000'000);
    socket().end(OVERTURE_WEBSOCKET_LOST);
    ASSERT_EQ(host.sockets().size(), 2u);
    EXPECT_NE(sdk::queryValue(socket().url, "X-Amz-Date"), sdk::queryValue(before, "X-Amz-Date"))
        << "the old one has ended";
    socket().open();
    EXPECT_EQ(sound(), all.substr(3200)) << "what was not final is sent again, and nothing else";
    socket().sayBytes(result("second", 0.05, 0.2, false, {item("second", 0.05, 0.2, 1)}));
    EXPECT_EQ(listening->finals(), "first second");
    EXPECT_EQ(listening->words().back()["from_ms"], 250) << "times are the stream's";
}

TEST_F(TranscribeTest, ExceptionsAreWhatTheyAre) {
    for (const auto& [message, outcome] : std::vector<std::pair<std::string, Outcome>>{
             {exception("BadRequestException"), Outcome::invalid},
             {exception("UnrecognizedClientException"), Outcome::auth},
             {exception("AccessDeniedException"), Outcome::auth},
             {exception("ExpiredTokenException"), Outcome::auth}}) {
        listen();
        socket().sayBytes(message);
        ASSERT_TRUE(listening->ended());
        EXPECT_EQ(listening->ended()->outcome, outcome);
        EXPECT_EQ(listening->ended()->message.find("s3cret"), std::string::npos);
    }
    for (const auto& [message, outcome] : std::vector<std::pair<std::string, Outcome>>{
             {exception("LimitExceededException"), Outcome::limited},
             {exception("InternalFailureException"), Outcome::transient},
             {exception("ServiceUnavailableException"), Outcome::transient},
             {exception("ConflictException"), Outcome::transient},
             {exception("BadRequestException", "Your request timed out because no new audio was received"),
              Outcome::transient},
             {aws::frameOf({{":message-type", "error"}, {":error-code", "InternalError"}}, ""),
              Outcome::transient},
             {"no frame at all", Outcome::transient}}) {
        const auto before = host.sockets().size();
        listen();
        for (int i = 0; i < 9 && !listening->ended(); ++i) {
            socket().sayBytes(message);
            if (!listening->ended()) socket().open();
        }
        ASSERT_TRUE(listening->ended());
        EXPECT_EQ(host.sockets().size() - before, 4u) << "three more were tried";
        EXPECT_EQ(listening->ended()->outcome, outcome);
    }
}

TEST_F(TranscribeTest, LanguagesHaveACountry) {
    for (const auto& [asked, sent] : std::vector<std::pair<std::string, std::string>>{
             {"", "en-US"}, {"es", "es-US"}, {"hi", "hi-IN"}, {"en-GB", "en-GB"}}) {
        auto request = kAsked;
        request["language"] = asked;
        listen(request);
        EXPECT_EQ(sdk::queryValue(socket().url, "language-code"), sent);
    }
    auto request = kAsked;
    request["language"] = "sw";
    const auto answer = plugin->listen(request, listening);
    EXPECT_EQ(answer.outcome, Outcome::invalid);
    EXPECT_NE(answer.message.find("language"), std::string::npos);
}

TEST_F(TranscribeTest, SettingsAndTemporaryCredentialsGoIntoTheUrl) {
    host.secret("session_token", "t0/k+n");
    open({{"stability", "off"}, {"vocabulary", "roofs"}, {"language_model", "sales"}});
    listen();
    EXPECT_EQ(sdk::queryValue(socket().url, "partial-results-stability"), "");
    EXPECT_EQ(sdk::queryValue(socket().url, "vocabulary-name"), "roofs");
    EXPECT_EQ(sdk::queryValue(socket().url, "language-model-name"), "sales");
    EXPECT_NE(socket().url.find("X-Amz-Security-Token=t0%2Fk%2Bn&"), std::string::npos);
    FakeHost keyless;
    Plugin other(speechEntry(made), keyless);
    EXPECT_EQ(other.listen(kAsked, listening).outcome, Outcome::auth);
    EXPECT_TRUE(keyless.sockets().empty());
}

TEST_F(TranscribeTest, DamagedMessagesHarmNobody) {
    listen();
    feed(*listening, silence(1000));
    const auto good = resultOf("a b c", 0, 0.5, false, {item("a", 0, 0.1, 0.5), item("b", 0.1, 0.5, 2)});
    int round = 0;
    damage::each({result("x", 0.1, 0.2, true), exception("InternalFailureException"),
                  Json{{"Transcript", {{"Results", {good}}}}}.dump()},
                 [&](const std::string& bytes) {
                     if (++round % 50 == 0 || listening->ended()) listen();
                     const bool framed = bytes.find("Results") == std::string::npos || round % 2 == 0;
                     socket().sayBytes(framed ? bytes
                                              : aws::frameOf({{":message-type", "event"},
                                                              {":event-type", "TranscriptEvent"}},
                                                             bytes));
                     socket().open();
                     feed(*listening, silence(20));
                     EXPECT_EQ(listening->breach(), "");
                 });
}

/// By the vendor's table of shapes: each name there is, each member has its type.
Strings faultsOf(const Json& shapes, const std::string& name, const Json& value) {
    Strings faults;
    for (const auto& [key, member] : value.items()) {
        const auto& members = shapes[name]["members"];
        if (!members.contains(key)) {
            faults.push_back(name + " has no " + key);
            continue;
        }
        if (members[key].contains("list")) {
            for (const auto& one : member) {
                const auto more = faultsOf(shapes, members[key]["list"], one);
                faults.insert(faults.end(), more.begin(), more.end());
            }
            continue;
        }
        const auto type = members[key]["type"].get<std::string>();
        const bool fits = type == "number"    ? member.is_number()
                          : type == "boolean" ? member.is_boolean()
                          : type == "string"  ? member.is_string()
                                              : member.is_object();
        if (!fits) faults.push_back(name + "." + key + " is no " + type);
        if (fits && member.is_object()) {
            const auto more = faultsOf(shapes, type, member);
            faults.insert(faults.end(), more.begin(), more.end());
        }
    }
    return faults;
}

/// Over a socket the headers of the description are fields of the query, without "x-amzn-transcribe-".
TEST_F(TranscribeTest, ItsOwnDescriptionHasWhatIsAskedAndAnswered) {
    OVERTURE_CONTRACT(described, kShapes);
    const auto& shapes = described["shapes"];
    std::set<std::string> fields, needed;
    for (const auto& [name, member] : shapes["StartStreamTranscriptionRequest"]["members"].items()) {
        const auto header = member.value("header", "");
        if (header.empty()) continue;
        fields.insert(header.substr(std::string("x-amzn-transcribe-").size()));
        if (member.value("required", false)) needed.insert(*fields.find(header.substr(18)));
    }
    const auto faults = [&](const std::string& url) {
        Strings out;
        auto missing = needed;
        for (const auto& field : split(url.substr(url.find('?') + 1), '&')) {
            const auto name = field.substr(0, field.find('='));
            missing.erase(name);
            if (!name.starts_with("X-Amz-") && !fields.count(name)) out.push_back(name);
        }
        if (!missing.empty()) out.push_back("without " + *missing.begin());
        return out;
    };
    open({{"vocabulary", "roofs"}, {"language_model", "sales"}});
    listen();
    EXPECT_EQ(faults(socket().url), Strings());
    EXPECT_EQ(
        faultsOf(shapes, "TranscriptEvent",
                 {{"Transcript", {{"Results", {resultOf("yes", 0, 1, true, {item("yes", 0, 1, 0.5)})}}}}}),
        Strings())
        << "what this test says for it is what it says";
    EXPECT_NE(faultsOf(shapes, "Result", {{"IsPartial", "yes"}}), Strings());
    EXPECT_TRUE(shapes["AudioStream"]["members"].contains("AudioEvent"));
    for (const auto* name : {"BadRequestException", "LimitExceededException", "InternalFailureException",
                             "ConflictException", "ServiceUnavailableException"})
        EXPECT_TRUE(shapes["TranscriptResultStream"]["members"].contains(name));
    contracts::accepted("transcribe", "listen", kShapes);

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
    for (const auto& [name, good] : kAsked.items())
        for (const auto& stranger : strangers) {
            auto asked = kAsked;
            asked[name] = stranger;
            const auto before = host.sockets().size();
            listening.reset();
            const auto answer = plugin->listen(asked, listening);
            ++tried;
            if (answer.outcome == Outcome::ok) {
                EXPECT_EQ(faults(socket().url), Strings());
                EXPECT_EQ(socket().url.find_first_of("\r\n #"), std::string::npos);
                continue;
            }
            EXPECT_EQ(answer.outcome, Outcome::invalid) << name << stranger;
            EXPECT_NE(answer.message.find(name), std::string::npos) << answer.message;
            EXPECT_EQ(host.sockets().size(), before);
        }
    if (HasFailure()) return;
    std::cout << "contract: transcribe | listen | of " << tried << " strange ones none left that " << kShapes
              << " refuses" << std::endl;
}

}  // namespace
}  // namespace overture::testing
