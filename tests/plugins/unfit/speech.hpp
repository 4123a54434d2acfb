#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <overture/documents.hpp>
#include <overture/speech.hpp>
#include <overture/websocket.hpp>
#include <vector>

#include "party.hpp"

namespace unfit {

/// Its vendor sends mu-law of 8000 samples a second.
class UnfitSynthesizer final : public Synthesizer, Party {
public:
    using Party::Party;

    Answer speak(const Json& request, const AudioSink& sink, const Call& call) override {
        AudioForm form;
        try {
            form = SpeakRequest::read(request).form;
        } catch (const Refused&) {
            if (!breaks("speak-form")) throw;
        }
        if (breaks("speak-threads") && ++spoken_ > 1) return Answer::no(Outcome::rejected, "once is enough");
        const auto http = host_.http({"POST", "https://api.unfit.example/speak", {}, "{}", call.deadlineMs});
        if (!http.answered) return Answer::no(Outcome::transient, http.error);
        const bool sound = http.status == 200 && http.header("Content-Type") == "audio/basic";
        if (!sound && !breaks("speak-vendor")) return refusal(http);
        if (http.body.empty()) return Answer::no(Outcome::transient, "no sound came");
        const auto bytes = inForm(http.body, form);
        const auto half = bytes.size() / 4 * 2 + (breaks("speak-sound") ? 1 : 0);
        for (const auto& piece : {bytes.substr(0, half), bytes.substr(half)})
            if (!sink(piece) && !breaks("speak-stop"))
                return Answer::no(Outcome::cancelled, "nobody listens any more");
        return Answer::ok({{"milliseconds", form.milliseconds(bytes.size())}, {"characters", 1}});
    }

    Answer voices(const Json&, const Call&) override { return Answer::ok({{"voices", Json::array()}}); }

private:
    static Answer refusal(const HttpAnswer& http) {
        if (http.status == 401) return Answer::no(Outcome::auth, "check signing_secret");
        if (http.status == 429) {
            auto wait = Answer::no(Outcome::limited, "not so fast");
            wait.retryAfterMs = retryAfterMs(http);
            return wait;
        }
        const bool ours = http.status >= 300 && http.status < 500;
        return Answer::no(ours ? Outcome::invalid : Outcome::transient, "no sound came");
    }

    static std::string inForm(const std::string& mulaw, const AudioForm& form) {
        const auto given = SampleReader(true).take(mulaw);
        Samples samples(given.size() * static_cast<std::size_t>(form.rate) / 8000);
        for (std::size_t i = 0; i < samples.size(); ++i)
            samples[i] = given[i * 8000 / static_cast<std::size_t>(form.rate)];
        return bytesOf(samples, form.mulaw);
    }

    std::atomic<int> spoken_ = 0;
};

/// One stream over a socket that hears nothing.
class UnfitStream final : public WebSocketEvents, Party {
public:
    UnfitStream(Host host, const Json& settings, Heard heard) : Party(host, settings), heard_(heard) {
        const std::scoped_lock lock(mutex_);
        connect();
    }

    void say(std::string_view bytes) {
        const std::scoped_lock lock(mutex_);
        if (!over_) socket_->sendBinary(bytes);
    }
    void finish() {
        const std::scoped_lock lock(mutex_);
        finishing_ = true;
    }

    void text(std::string_view message) override {
        const std::scoped_lock lock(mutex_);
        if (!over_ && breaks("listen-strangers"))
            heard_.words({{"kind", "message"}, {"text", validText(message)}});
    }
    void closed(const WebSocketEnd& how) override {
        const std::scoped_lock lock(mutex_);
        if (over_) return;
        if (finishing_ && how.how == OVERTURE_WEBSOCKET_CLOSED)
            return end(breaks("listen-finish") ? Answer::no(Outcome::transient, "it closed")
                                               : Answer::ok(nullptr));
        if (how.how == OVERTURE_WEBSOCKET_REFUSED) return end(refusal(how));
        if (++tries_ > 3) return end(Answer::no(Outcome::transient, how.why));
        connect();
    }

private:
    void connect() {
        WebSocketRequest request{"wss://api.unfit.example/listen", {}};
        request.delayMs = breaks("listen-again") ? 0 : 100 * tries_;
        socket_ = std::make_unique<WebSocket>(host_, request, *this);
    }
    Answer refusal(const WebSocketEnd& how) const {
        const auto why = breaks("listen-refused") ? how.said : how.why;
        if (how.code == 401 || how.code == 403) return Answer::no(Outcome::auth, why);
        return Answer::no(how.code == 429 ? Outcome::limited : Outcome::invalid, why);
    }
    void end(const Answer& answer) {
        over_ = true;
        heard_.ended(answer);
    }

    Heard heard_;
    std::mutex mutex_;
    bool over_ = false, finishing_ = false;
    int tries_ = 0;
    std::unique_ptr<WebSocket> socket_;
};

class UnfitTranscriber final : public Transcriber, Party {
public:
    UnfitTranscriber(Host host, const Json& settings) : Party(host, settings), settings_(settings) {}

    Answer listen(const Json& request, const Call&, Heard heard,
                  std::unique_ptr<Listening>& listening) override {
        try {
            ListenRequest::read(request);
        } catch (const Refused&) {
            if (!breaks("listen-form")) throw;
        }
        listening = std::make_unique<Handle>(std::make_shared<UnfitStream>(host_, settings_, heard),
                                             breaks("listen-close"));
        return Answer::ok(Json::object());
    }

private:
    struct Handle final : Listening {
        Handle(std::shared_ptr<UnfitStream> stream, bool kept) : stream_(std::move(stream)) {
            static auto* const all = new std::vector<std::shared_ptr<UnfitStream>>;
            if (kept) all->push_back(stream_);
        }
        void audio(std::string_view bytes) override { stream_->say(bytes); }
        void finish() override { stream_->finish(); }
        std::shared_ptr<UnfitStream> stream_;
    };

    Json settings_;
};

}  // namespace unfit
