// Hearing and speaking as the engine has them: shared libraries behind the C interface, and a vendor's socket on this machine.
#include <gtest/gtest.h>

#include "aws/event_stream.hpp"
#include "base/time.hpp"
#include "plugin/host.hpp"
#include "socket_peer.hpp"

namespace overture::plugin {
namespace {

const Json kRequest{{"language", "en"}, {"encoding", "mulaw"}, {"rate", 8000}};

/// What a stream says, for a test to wait for.
class Listener final : public Hearing {
public:
    void words(const Json& document) override {
        const std::scoped_lock lock(mutex_);
        words_.push_back(document);
        changed_.notify_all();
    }
    void ended(const Reply& why) override {
        const std::scoped_lock lock(mutex_);
        ended_ = why;
        changed_.notify_all();
    }
    Json wait(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, seconds(20), [&] { return words_.size() >= count; });
        return words_;
    }
    Reply end() {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, seconds(20), [&] { return ended_.has_value(); });
        return ended_.value_or(Reply{});
    }

private:
    std::mutex mutex_;
    std::condition_variable changed_;
    Json words_ = Json::array();
    std::optional<Reply> ended_;
};

class HeardTest : public ::testing::Test {
protected:
    std::shared_ptr<Instance> open(const std::string& id, const Json& settings = Json::object(),
                                   const Secrets& secrets = {}) {
        const auto listing = host.load(OVERTURE_BUILD_DIR "/plugins/" + id);
        EXPECT_EQ(listing.state, "loaded") << listing.stage << ": " << listing.reason;
        return host.open(id, settings, secrets).orThrow();
    }
    net::HttpClient http;
    VirtualClock clock{*parseRfc3339("2026-03-01T17:00:00Z")};
    Host host{{http, clock}};
};

TEST_F(HeardTest, WhatOnePluginSaysAnotherHears) {
    const auto speech = open("scripted-speech");
    std::string sound;
    auto asked = kRequest;
    asked["text"] = "See you tomorrow at three";
    const auto said = speech->speak(
        asked,
        [&](std::string_view bytes) {
            sound += bytes;
            return true;
        },
        seconds(5));
    ASSERT_TRUE(said.ok()) << said.message;
    Listener listener;
    std::unique_ptr<Listening> stream;
    ASSERT_TRUE(speech->listen(kRequest, listener, stream, seconds(5)).ok());
    stream->audio(sound);
    stream->finish();
    EXPECT_TRUE(listener.end().ok());
    std::string heard;
    for (const auto& words : listener.wait(3))
        if (words["kind"] == "final") heard = words["text"];
    EXPECT_EQ(heard, "See you tomorrow at three");
    EXPECT_FALSE(speech
                     ->speak(
                         asked, [](std::string_view) { return false; }, seconds(5))
                     .ok());
    const auto sms = open("sms");
    EXPECT_EQ(sms->listen(kRequest, listener, stream, seconds(5)).outcome, Outcome::unsupported);
    EXPECT_EQ(sms->speak(
                     asked, [](std::string_view) { return true; }, seconds(5))
                  .outcome,
              Outcome::unsupported);
}

TEST_F(HeardTest, AVendorsSocketIsOpenedUsedAndClosed) {
    std::string sound, texts, request;
    net::Peer peer([&](net::StreamSocket& socket, int) {
        net::Talk talk(socket);
        talk.agree();
        request = talk.request;
        for (auto frame = talk.read(); frame.opcode >= 0; frame = talk.read()) {
            (frame.opcode == 2 ? sound : texts) += frame.payload;
            if (frame.opcode == 2 && sound.size() == 1600)
                talk.frame(
                    1, R"({"type":"Results","is_final":true,"speech_final":true,"start":0,"duration":0.2,)"
                       R"("channel":{"alternatives":[{"transcript":"hello","confidence":0.9,"words":[]}]}})");
            if (texts.ends_with("\"CloseStream\"}")) {
                talk.frame(8, "\x03\xe8");
                talk.waitForClose();
                return;
            }
        }
    });
    Listener listener;
    {
        const auto deepgram =
            open("deepgram", {{"base_url", "ws" + peer.url("").substr(4)}}, {{"api_key", "k3y"}});
        std::unique_ptr<Listening> stream;
        ASSERT_TRUE(deepgram->listen(kRequest, listener, stream, seconds(5)).ok());
        for (int i = 0; i < 10; ++i) stream->audio(std::string(160, '\x7f'));
        const auto words = listener.wait(3);
        ASSERT_EQ(words.size(), 3u);
        EXPECT_EQ(words[1]["text"], "hello");
        stream->finish();
        EXPECT_TRUE(listener.end().ok()) << listener.end().message;
    }
    EXPECT_NE(request.find("Authorization: Token k3y"), std::string::npos);
    EXPECT_EQ(sound, std::string(1600, '\x7f'));
}

TEST_F(HeardTest, AmazonsFramesGoOverASignedSocketAndBack) {
    std::string sound, request;
    bool ended = false;
    net::Peer peer([&](net::StreamSocket& socket, int) {
        net::Talk talk(socket);
        talk.agree();
        request = talk.request;
        for (auto frame = talk.read(); frame.opcode == 2 && !ended; frame = talk.read()) {
            aws::EventStream stream;
            stream.take(frame.payload, [&](const aws::StreamMessage& message) {
                ended = message.payload.empty();
                sound += message.payload;
            });
            if (!ended) continue;
            talk.frame(
                2, aws::frameOf({{":message-type", "event"}, {":event-type", "TranscriptEvent"}},
                                R"({"Transcript":{"Results":[{"IsPartial":false,"StartTime":0,"EndTime":0.2,)"
                                R"("Alternatives":[{"Transcript":"hello","Items":[]}]}]}})"));
            talk.frame(8, "\x03\xe8");
            talk.waitForClose();
            return;
        }
    });
    const auto transcribe =
        open("transcribe", {{"base_url", "ws" + peer.url("").substr(4)}},
             {{"access_key_id", "AKIAEXAMPLE"}, {"secret_access_key", "s3cret"}, {"session_token", "t0/k"}});
    Listener listener;
    std::unique_ptr<Listening> stream;
    ASSERT_TRUE(transcribe->listen(kRequest, listener, stream, seconds(5)).ok());
    for (int i = 0; i < 10; ++i) stream->audio(std::string(160, '\xff'));
    stream->finish();
    EXPECT_TRUE(listener.end().ok()) << listener.end().message;
    EXPECT_EQ(listener.wait(2)[1]["text"], "hello");
    EXPECT_EQ(sound, std::string(3200, '\0'));
    EXPECT_TRUE(request.starts_with("GET /stream-transcription-websocket?language-code=en-US&")) << request;
    EXPECT_NE(request.find("&X-Amz-Security-Token=t0%2Fk&"), std::string::npos) << "as it was signed";
}

TEST_F(HeardTest, OpenAisSessionIsOpenedUsedAndClosed) {
    std::string request;
    std::vector<std::string> types;
    net::Peer peer([&](net::StreamSocket& socket, int) {
        net::Talk talk(socket);
        talk.agree();
        request = talk.request;
        for (auto frame = talk.read(); frame.opcode == 1; frame = talk.read()) {
            types.push_back(parseJson(frame.payload, "event").orThrow()["type"]);
            if (types.back() != "input_audio_buffer.commit") continue;
            talk.frame(1, R"({"type":"input_audio_buffer.committed","item_id":"i1"})");
            talk.frame(1, R"({"type":"conversation.item.input_audio_transcription.completed","item_id":"i1",)"
                          R"("transcript":"hello","logprobs":[{"token":"hello","logprob":0,"bytes":[]}]})");
        }
    });
    Listener listener;
    {
        const auto openai = open("openai-speech", {{"base_url", peer.url("/v1")}}, {{"api_key", "k3y"}});
        std::unique_ptr<Listening> stream;
        ASSERT_TRUE(openai->listen(kRequest, listener, stream, seconds(5)).ok());
        for (int i = 0; i < 3; ++i) stream->audio(std::string(160, '\x7f'));
        stream->finish();
        EXPECT_TRUE(listener.end().ok()) << listener.end().message;
    }
    EXPECT_EQ(listener.wait(1)[0]["text"], "hello");
    EXPECT_TRUE(request.starts_with("GET /v1/realtime?intent=transcription ")) << request;
    EXPECT_NE(request.find("Authorization: Bearer k3y"), std::string::npos);
    EXPECT_EQ(types.front(), "session.update");
    EXPECT_EQ(types.back(), "input_audio_buffer.commit");
    EXPECT_GE(types.size(), 3u) << "what was said before it was open goes in larger pieces";
}

}  // namespace
}  // namespace overture::plugin
