// A model and a carrier on one thread that cost as little as they can, so that what is measured is the engine.
#pragma once

#include <atomic>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"

namespace overture::bench {

using Steady = std::chrono::steady_clock;

/// Serves OpenAI's chat completions and Twilio's Messages on one free port of the loopback address. A draft repeats the last
/// message's marker; a review approves; both answer after `delay`. The carrier takes everything at once and remembers when.
class Vendors {
public:
    Vendors();
    ~Vendors();
    std::string url() const;

    void setDelay(milliseconds delay) { delay_ = delay.count(); }
    /// When the carrier was called with this marker in the text; nothing when it was not yet.
    std::optional<Steady::time_point> sentAt(const std::string& marker) const;
    /// When it was first called for this number (E.164).
    std::optional<Steady::time_point> sentTo(const std::string& number) const;
    std::size_t sends() const { return sends_; }
    std::size_t modelCalls() const { return modelCalls_; }
    std::size_t mostWaiting() const { return mostWaiting_; }  ///< model calls not yet answered, at once
    std::vector<std::string> references() const;              ///< the carrier's ids of what was sent

private:
    struct Connection {
        std::string in;  ///< what came of the next request
    };
    struct Later {
        Steady::time_point at;
        int socket;
        std::uint64_t serial;
        std::string answer;
    };
    void serve();
    void accept();
    void read(int socket);
    void handle(int socket, std::string_view path, std::string_view body);
    std::string complete(std::string_view body);
    std::string spoken();
    std::string send(std::string_view body);
    void write(int socket, const std::string& answer);
    void flushLater();
    void forget(int socket);

    int listener_ = -1, poll_ = -1;
    std::uint16_t port_ = 0;
    std::atomic<std::int64_t> delay_{0};
    std::atomic<bool> over_{false};
    std::atomic<std::size_t> sends_{0}, modelCalls_{0}, mostWaiting_{0};
    mutable std::mutex mutex_;
    std::unordered_map<std::string, Steady::time_point> sent_;  // by marker and by number
    std::unordered_map<int, Connection> connections_;
    std::unordered_map<int, std::uint64_t> serials_;
    std::vector<Later> later_;  // by time: the delay changes only between measurements
    std::size_t laterFrom_ = 0;
    std::uint64_t serial_ = 0;
    std::thread thread_;
};

}  // namespace overture::bench
