// A telephone behind a relay, as Twilio's ConversationRelay is published: it hears, speaks and stops by itself, and sends words. 40 ms a
// word, so that tests are short.
#pragma once

#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/WebSocket.h>

#include <atomic>
#include <chrono>
#include <deque>
#include <mutex>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "base/json.hpp"
#include "base/text.hpp"

namespace overture::testing {

class RelayPhone {
public:
    using Steady = std::chrono::steady_clock;
    struct Manner {
        bool setup = true;   ///< says who it is
        bool events = true;  ///< tells what was played, and who speaks
    };
    RelayPhone(std::uint16_t port, const std::string& binding, const std::string& token,
               const std::string& reference, Manner manner)
        : session_("127.0.0.1", port), manner_(manner) {
        Poco::Net::HTTPRequest request("GET", "/v1/calls/media/" + binding, "HTTP/1.1");
        Poco::Net::HTTPResponse response;
        socket_ = std::make_unique<Poco::Net::WebSocket>(session_, request, response);
        socket_->setNoDelay(true);
        if (manner.setup)
            send({{"type", "setup"},
                  {"sessionId", "VX00000000000000000000000000000001"},
                  {"accountSid", "AC0123456789abcdef0123456789abcdef"},
                  {"parentCallSid", ""},
                  {"callSid", reference},
                  {"from", "+12025550100"},
                  {"to", "+16025550100"},
                  {"callType", "PSTN"},
                  {"direction", "outbound-api"},
                  {"callStatus", "IN-PROGRESS"},
                  {"customParameters", {{"token", token}}}});
        thread_ = std::thread([this] { run(); });
    }
    RelayPhone(std::uint16_t port, const std::string& binding, const std::string& token,
               const std::string& reference)
        : RelayPhone(port, binding, token, reference, Manner{}) {}
    ~RelayPhone() { hangUp(); }

    void says(const std::string& text) {
        act([this, text] { speak(text); });
    }
    void coughs() {
        act([this] { speak(""); });
    }
    void presses(const std::string& digit) {
        act([this, digit] {
            stopSpeaking();
            send({{"type", "dtmf"}, {"digit", digit}});
        });
    }
    /// Whatever it is, as it is.
    void sends(const std::string& raw, bool binary = false) {
        act([this, raw, binary] {
            socket_->sendFrame(
                raw.data(), static_cast<int>(raw.size()),
                binary ? Poco::Net::WebSocket::FRAME_BINARY : Poco::Net::WebSocket::FRAME_TEXT);
        });
    }
    void hangUp() {
        stopping_ = true;
        if (thread_.joinable()) thread_.join();
    }
    /// The words that the person heard, in order.
    std::string heard() const {
        const std::scoped_lock lock(mutex_);
        return heard_;
    }
    std::string lastInterrupt() const {
        const std::scoped_lock lock(mutex_);
        return interrupt_;
    }
    /// What it was handed with the end.
    std::string handed() const {
        const std::scoped_lock lock(mutex_);
        return handed_;
    }
    std::vector<std::string> languages() const {
        const std::scoped_lock lock(mutex_);
        return languages_;
    }
    /// What was sent to it that is not published.
    std::vector<std::string> faults() const {
        const std::scoped_lock lock(mutex_);
        return faults_;
    }
    bool over() const { return over_; }

private:
    struct Word {
        std::string text;
        bool interruptible;
    };
    void act(std::function<void()> what) {
        const std::scoped_lock lock(mutex_);
        acts_.push_back(std::move(what));
    }
    void send(const Json& message) {
        const auto text = message.dump();
        socket_->sendFrame(text.data(), static_cast<int>(text.size()));
    }
    void run() {
        auto next = Steady::now();
        try {
            while (!stopping_ && !over_) {
                next += std::chrono::milliseconds(40);
                receiveUntil(next);
                std::deque<std::function<void()>> due;
                {
                    const std::scoped_lock lock(mutex_);
                    due.swap(acts_);
                }
                for (const auto& one : due) one();
                playWord();
            }
            if (!over_) socket_->shutdown();
        } catch (const std::exception&) {
            over_ = true;
        }
    }
    void playWord() {
        if (queue_.empty()) {
            utterance_.clear();
            return;
        }
        const auto word = queue_.front().text;
        queue_.pop_front();
        utterance_ += (utterance_.empty() ? "" : " ") + word;
        {
            const std::scoped_lock lock(mutex_);
            heard_ += (heard_.empty() ? "" : " ") + word;
        }
        if (manner_.events) send({{"type", "info"}, {"name", "tokensPlayed"}, {"value", word}});
    }
    /// Speech stops what may be stopped, then its words are sent, if there are any.
    void speak(const std::string& text) {
        if (manner_.events) send({{"type", "info"}, {"name", "clientSpeaking"}, {"value", "on"}});
        stopSpeaking();
        if (manner_.events) send({{"type", "info"}, {"name", "clientSpeaking"}, {"value", "off"}});
        if (!text.empty())
            send({{"type", "prompt"}, {"voicePrompt", text}, {"lang", "en-US"}, {"last", true}});
    }
    void stopSpeaking() {
        if (queue_.empty() || !queue_.front().interruptible) return;
        send({{"type", "interrupt"},
              {"utteranceUntilInterrupt", utterance_},
              {"durationUntilInterruptMs", 460}});
        const std::scoped_lock lock(mutex_);
        interrupt_ = utterance_;
        queue_.clear();
    }
    void receiveUntil(Steady::time_point until) {
        for (;;) {
            const auto left =
                std::chrono::duration_cast<std::chrono::microseconds>(until - Steady::now()).count();
            if (left <= 0 || !socket_->poll(Poco::Timespan(left), Poco::Net::Socket::SELECT_READ)) return;
            Poco::Buffer<char> bytes(0);
            int flags = 0;
            const int got = socket_->receiveFrame(bytes, flags);
            if (got <= 0 ||
                (flags & Poco::Net::WebSocket::FRAME_OP_BITMASK) == Poco::Net::WebSocket::FRAME_OP_CLOSE) {
                over_ = true;
                return;
            }
            take(Json::parse(bytes.begin(), bytes.begin() + got));
            if (over_) return;
        }
    }
    /// A message that does not fit is told of and not processed.
    bool fits(const Json& message, const std::set<std::string>& texts, const std::set<std::string>& flags) {
        for (const auto& [name, value] : message.items()) {
            const bool known = name == "type" || (texts.contains(name) && value.is_string()) ||
                               (flags.contains(name) && value.is_boolean());
            if (known) continue;
            const std::scoped_lock lock(mutex_);
            faults_.push_back(message.dump());
            send({{"type", "error"}, {"description", "Invalid message received: " + message.dump()}});
            return false;
        }
        return true;
    }
    void take(const Json& message) {
        const auto type = textOf(message, "type");
        if (type == "text") {
            if (!fits(message, {"token", "lang"}, {"last", "interruptible", "preemptible"})) return;
            std::istringstream words(textOf(message, "token"));
            for (std::string word; words >> word;)
                queue_.push_back({word, message.value("interruptible", true)});
        } else if (type == "language") {
            if (!fits(message, {"ttsLanguage", "transcriptionLanguage"}, {})) return;
            const std::scoped_lock lock(mutex_);
            languages_.push_back(textOf(message, "ttsLanguage"));
        } else if (type == "end") {
            if (!fits(message, {"handoffData"}, {})) return;
            {
                const std::scoped_lock lock(mutex_);
                handed_ = textOf(message, "handoffData");
            }
            socket_->shutdown();
            over_ = true;
        } else {
            fits(message, {}, {});
        }
    }

    Poco::Net::HTTPClientSession session_;
    const Manner manner_;
    std::unique_ptr<Poco::Net::WebSocket> socket_;
    mutable std::mutex mutex_;
    std::deque<std::function<void()>> acts_;
    std::string heard_, interrupt_, handed_;
    std::vector<std::string> languages_, faults_;
    std::deque<Word> queue_;  // of the thread, as is what was played of it
    std::string utterance_;
    std::atomic<bool> stopping_ = false, over_ = false;
    std::thread thread_;
};

}  // namespace overture::testing
