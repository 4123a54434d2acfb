// A telephone at the other end of a media socket, as Twilio's Media Streams are published: sends 20 ms frames by the clock, plays what
// it gets at the same pace, gives marks back when they were played, forgets on clear.
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
#include <string>
#include <thread>
#include <vector>

#include "base/digest.hpp"
#include "base/json.hpp"
#include "call/audio.hpp"

namespace overture::testing {

class MediaPhone {
public:
    using Steady = std::chrono::steady_clock;
    MediaPhone(std::uint16_t port, const std::string& binding, const std::string& token,
               const std::string& reference)
        : session_("127.0.0.1", port) {
        Poco::Net::HTTPRequest request("GET", "/v1/calls/media/" + binding, "HTTP/1.1");
        Poco::Net::HTTPResponse response;
        socket_ = std::make_unique<Poco::Net::WebSocket>(session_, request, response);
        socket_->setNoDelay(true);
        send({{"event", "connected"}, {"protocol", "Call"}, {"version", "1.0.0"}});
        send({{"event", "start"},
              {"sequenceNumber", "1"},
              {"streamSid", "MZ01"},
              {"start",
               {{"streamSid", "MZ01"},
                {"callSid", reference},
                {"tracks", {"inbound"}},
                {"customParameters", {{"token", token}}},
                {"mediaFormat", {{"encoding", "audio/x-mulaw"}, {"sampleRate", 8000}, {"channels", 1}}}}}});
        thread_ = std::thread([this] { run(); });
    }
    ~MediaPhone() { hangUp(); }

    void says(const std::string& mulaw) {
        const std::scoped_lock lock(mutex_);
        toSay_ += mulaw;
    }
    void hangUp() {
        stopping_ = true;
        if (thread_.joinable()) thread_.join();
    }
    /// All that was played, silence included.
    std::string played() const {
        const std::scoped_lock lock(mutex_);
        return played_;
    }
    int clears() const { return clears_; }
    bool over() const { return over_; }
    Steady::time_point clearedAt() const {
        const std::scoped_lock lock(mutex_);
        return clearedAt_;
    }

private:
    void send(const Json& message) {
        const auto text = message.dump();
        socket_->sendFrame(text.data(), static_cast<int>(text.size()));
    }
    void run() {
        auto next = Steady::now();
        try {
            for (std::int64_t at = 0; !stopping_ && !over_; at += 20) {
                next += std::chrono::milliseconds(20);
                receiveUntil(next);
                step(at);
            }
            if (!over_) {
                send({{"event", "stop"}, {"streamSid", "MZ01"}, {"stop", {{"callSid", "CA"}}}});
                socket_->shutdown();
            }
        } catch (const std::exception&) {
            over_ = true;
        }
    }
    void step(std::int64_t at) {
        std::string frame;
        {
            const std::scoped_lock lock(mutex_);
            frame = toSay_.substr(0, call::kFrameBytes);
            toSay_.erase(0, frame.size());
            frame.resize(call::kFrameBytes, static_cast<char>(0xff));
        }
        send({{"event", "media"},
              {"sequenceNumber", std::to_string(at / 20 + 2)},
              {"streamSid", "MZ01"},
              {"media",
               {{"track", "inbound"},
                {"chunk", std::to_string(at / 20 + 1)},
                {"timestamp", std::to_string(at)},
                {"payload", toBase64(frame)}}}});
        std::string heard(call::kFrameBytes, static_cast<char>(0xff));
        if (!queue_.empty() && !queue_.front().first) {
            heard = queue_.front().second;
            queue_.pop_front();
        }
        {
            const std::scoped_lock lock(mutex_);
            played_ += heard;
        }
        giveMarksBack();
    }
    void giveMarksBack() {
        while (!queue_.empty() && queue_.front().first) {
            send({{"event", "mark"}, {"streamSid", "MZ01"}, {"mark", {{"name", queue_.front().second}}}});
            queue_.pop_front();
        }
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
        }
    }
    void take(const Json& message) {
        const auto event = message.at("event").get<std::string>();
        if (event == "media") {
            queue_.emplace_back(false, fromBase64(message["media"]["payload"].get<std::string>()));
        } else if (event == "mark") {
            queue_.emplace_back(true, message["mark"]["name"].get<std::string>());
            giveMarksBack();
        } else if (event == "clear") {
            {
                const std::scoped_lock lock(mutex_);
                clearedAt_ = Steady::now();
            }
            ++clears_;
            std::erase_if(queue_, [](const auto& one) { return !one.first; });
            giveMarksBack();
        }
    }

    Poco::Net::HTTPClientSession session_;
    std::unique_ptr<Poco::Net::WebSocket> socket_;
    mutable std::mutex mutex_;
    std::string toSay_, played_;
    Steady::time_point clearedAt_;
    std::deque<std::pair<bool, std::string>> queue_;  // of the thread: sound, or a mark
    std::atomic<bool> stopping_ = false, over_ = false;
    std::atomic<int> clears_ = 0;
    std::thread thread_;
};

}  // namespace overture::testing
