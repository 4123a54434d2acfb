#pragma once

#include <deque>

#include "audio/resampler.hpp"
#include "common/stream.hpp"
#include "overture/speech.hpp"

namespace overture::openai_speech {

using sdk::Json;

constexpr int kPcmRate = 24000;  // the only one of "audio/pcm"

/// What a session is told of the caller's sound.
struct HearingPlan {
    Json input;                  ///< `audio.input` of a session
    std::int64_t silenceMs = 0;  ///< at the end of each piece of sound
    std::string model;
    std::string fault = {};  ///< why there is none
};
HearingPlan hearingPlan(const Json& settings, const sdk::ListenRequest& asked);

/// A realtime session, heard: OpenAI finds the pieces between two silences and hears each by itself.
class RealtimeHearing : public speech::Dialect {
public:
    RealtimeHearing(sdk::WebSocketRequest request, Json session, const sdk::AudioForm& form,
                    std::int64_t silenceMs);
    sdk::WebSocketRequest request() override;
    std::vector<Message> greeting() override;
    Message audio(std::string_view bytes) override;
    std::vector<Message> farewell() override;
    std::string vendor() const override { return "OpenAI"; }
    speech::Said read(bool binary, std::string_view text) override;

    static Message event(const Json& document);

protected:
    /// What comes besides what was heard; true: it was for somebody.
    virtual bool other(const std::string& /*type*/, const Json& /*message*/) { return false; }
    /// A piece of sound is an item of the session's now.
    virtual void pieceKept(const std::string& /*item*/) {}

private:
    /// The caller's sound between two silences.
    struct Piece {
        std::string id;
        std::int64_t fromMs = 0;
        std::optional<std::int64_t> toMs = {};  ///< with the silence after it
        bool committed = false, done = false;
        std::string text = {}, language = {};
        double confidence = 1;
    };
    /// Samples in the only form of theirs that all forms of ours can become.
    struct Sound {
        explicit Sound(const sdk::AudioForm& form);
        std::string take(std::string_view bytes);
        sdk::SampleReader reader;
        audio::Resampler resampler;
    };

    bool isTheirs() const;
    Piece* pieceOf(const std::string& id);
    speech::Said started(const std::string& id, std::int64_t at);
    speech::Said stopped(const std::string& id, std::int64_t at);
    speech::Said committed(const std::string& id);
    speech::Said heard(const std::string& id, const std::string& delta);
    speech::Said completed(const std::string& id, const Json& message);
    speech::Said failed(const std::string& id, const Json& what);
    speech::Said error(const Json& what);
    std::int64_t endOf(const Piece& piece) const;
    speech::Said flushed();

    const sdk::WebSocketRequest request_;
    const Json session_;
    const sdk::AudioForm form_;
    const std::int64_t silenceMs_;  // at the end of a piece
    std::optional<Sound> sound_;
    std::deque<Piece> pieces_;
    bool turn_ = false;                    // somebody has spoken since the last end of one
    bool leaving_ = false, left_ = false;  // we asked for the rest; it was answered
    bool failedOnce_ = false;
};

}  // namespace overture::openai_speech
