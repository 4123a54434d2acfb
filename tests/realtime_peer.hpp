// OpenAI's realtime sessions, as published, played on this machine: finds what was said between two silences, tells its words, and
// answers what it is asked with words and sound of the test's making.
#pragma once

#include <atomic>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/digest.hpp"
#include "base/json.hpp"
#include "base/text.hpp"
#include "call/audio.hpp"
#include "socket_peer.hpp"

namespace overture::testing {

class RealtimePeer {
public:
    /// The words in sound, and the sound of words.
    using Ear = std::function<std::string(const std::string& mulaw)>;
    using Voice = std::function<std::string(const std::string& text)>;
    RealtimePeer(Ear ear, Voice voice)
        : ear_(std::move(ear)),
          voice_(std::move(voice)),
          peer_([this](auto& socket, int) { serve(socket); }) {}

    std::string url() const { return peer_.url("/v1"); }
    int sessions() const { return peer_.accepted(); }

    // What it answers; set while nobody asks.
    Json meaning = Json::object();
    std::vector<std::string> sentences;
    std::string fails;                 ///< the code with which its voice fails; "": it does not
    std::atomic<bool> breaks = false;  ///< the line breaks when it is asked

    std::vector<Json> asked(const std::string& type) const {
        const std::scoped_lock lock(mutex_);
        std::vector<Json> found;
        for (const auto& one : asked_)
            if (one["type"] == type) found.push_back(one);
        return found;
    }

private:
    static constexpr std::size_t kSilence = 400 * 8;

    void serve(net::StreamSocket& socket) {
        net::Talk talk(socket);
        talk.agree();
        Session session{talk, {}, {}, 0, 0};
        tell(session, {{"type", "session.created"}, {"session", Json::object()}});
        for (auto frame = talk.read(); frame.opcode == 1; frame = talk.read()) {
            const auto event = Json::parse(frame.payload);
            if (event["type"] == "input_audio_buffer.append") {
                hear(session, fromBase64(event["audio"].get<std::string>()));
                continue;
            }
            {
                const std::scoped_lock lock(mutex_);
                asked_.push_back(event);
            }
            if (event["type"] != "response.create") continue;
            if (breaks) return;
            respond(session, event["response"]);
        }
    }

    struct Session {
        net::Talk& talk;
        std::string said;     // since the last silence
        std::string pending;  // not a frame yet
        std::size_t quiet, items;
        int number = 0;
        std::size_t heard = 0;  // bytes
    };
    static void tell(Session& session, Json event) {
        event["event_id"] = "event_" + std::to_string(++session.number);
        session.talk.frame(1, event.dump());
    }

    void hear(Session& session, const std::string& sound) {
        session.pending += sound;
        for (; session.pending.size() >= call::kFrameBytes; session.pending.erase(0, call::kFrameBytes)) {
            const auto frame = session.pending.substr(0, call::kFrameBytes);
            session.heard += frame.size();
            const bool loud = call::loudnessOf(frame) > 0.01;
            if (loud && session.said.empty())
                tell(session, {{"type", "input_audio_buffer.speech_started"},
                               {"item_id", "item_" + std::to_string(++session.items)},
                               {"audio_start_ms", session.heard / 8}});
            session.quiet = loud ? 0 : session.quiet + frame.size();
            if (loud || !session.said.empty()) session.said += frame;
            if (!session.said.empty() && session.quiet >= kSilence) understand(session);
        }
    }
    void understand(Session& session) {
        const auto item = "item_" + std::to_string(session.items);
        const auto text = ear_(std::exchange(session.said, {}));
        tell(session, {{"type", "input_audio_buffer.speech_stopped"},
                       {"item_id", item},
                       {"audio_end_ms", session.heard / 8}});
        tell(session,
             {{"type", "input_audio_buffer.committed"}, {"item_id", item}, {"previous_item_id", nullptr}});
        tell(session, {{"type", "conversation.item.input_audio_transcription.completed"},
                       {"item_id", item},
                       {"content_index", 0},
                       {"transcript", text}});
    }

    void respond(Session& session, const Json& response) {
        const auto id = "resp_" + std::to_string(session.number);
        const auto event = [&](const char* type, Json more) {
            more.update({{"type", type},
                         {"response_id", id},
                         {"item_id", "out_" + id},
                         {"output_index", 0},
                         {"content_index", 0}});
            tell(session, std::move(more));
        };
        const auto whole = [&](const char* type, const char* status, Json more) {
            more.update({{"id", id},
                         {"object", "realtime.response"},
                         {"status", status},
                         {"output", Json::array()},
                         {"metadata", response["metadata"]}});
            tell(session, {{"type", type}, {"response", std::move(more)}});
        };
        whole("response.created", "in_progress", Json::object());
        const Json usage{{"usage",
                          {{"total_tokens", 30},
                           {"input_tokens", 20},
                           {"output_tokens", 10},
                           {"input_token_details", {{"text_tokens", 10}, {"audio_tokens", 10}}},
                           {"output_token_details", {{"text_tokens", 5}, {"audio_tokens", 5}}}}}};
        if (response["output_modalities"][0] == "text") {
            event("response.function_call_arguments.done",
                  {{"call_id", "call_1"}, {"name", "understood"}, {"arguments", meaning.dump()}});
            return whole("response.done", "completed", usage);
        }
        if (!fails.empty())
            return whole("response.done", "failed",
                         {{"status_details", {{"type", "failed"}, {"error", {{"code", fails}}}}}});
        for (const auto& sentence : sentences) {
            for (std::size_t at = 0; at < sentence.size(); at += 7)
                event("response.output_audio_transcript.delta", {{"delta", sentence.substr(at, 7)}});
            event("response.output_audio_transcript.delta", {{"delta", " "}});
            const auto sound = voice_(sentence) + call::silence(milliseconds(250));
            for (std::size_t at = 0; at < sound.size(); at += 2000)
                event("response.output_audio.delta", {{"delta", toBase64(sound.substr(at, 2000))}});
        }
        whole("response.done", "completed", usage);
    }

    const Ear ear_;
    const Voice voice_;
    mutable std::mutex mutex_;
    std::vector<Json> asked_;
    net::Peer peer_;  // last: its threads use the rest
};

}  // namespace overture::testing
