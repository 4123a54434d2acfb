// Inside service: the sockets of those who listen, all written by one thread.
#pragma once

#include <Poco/Net/StreamSocket.h>

#include <atomic>
#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <thread>
#include <unordered_map>
#include <vector>

#include "net/frames.hpp"
#include "service/live.hpp"

namespace overture::service {

using Bytes = std::shared_ptr<const std::string>;

/// A notice as an event and as a frame, made once for all who hear it.
struct Wire {
    OrganizationId organization;
    std::string kind;
    Bytes event, frame;
};
using WirePtr = std::shared_ptr<const Wire>;
/// `document` may have an "id", from which a listener goes on.
WirePtr wireOf(const OrganizationId& organization, const std::string& kind, const Json& document);

/// One who listens. Touched by the writing thread, but for what is said to be for all.
struct Socket {
    using Steady = std::chrono::steady_clock;
    Socket(Poco::Net::StreamSocket&& given, Live::Listener&& listener);

    Poco::Net::StreamSocket socket;
    const api::Stream stream;            // for all
    const bool webSocket;                // for all
    const std::string authorization;     // for all
    const std::uint64_t id;              // for all; never 0
    std::atomic<std::size_t> bytes = 0;  // that wait; for all
    std::atomic<bool> over = false;      // for all
    int handle = -1;
    bool level = false;    // hears what is told to everybody
    bool ending = false;   // nothing more is added
    bool watched = false;  // for room to write
    bool shut = false;     // all is written; the other side may read it and go
    std::deque<Bytes> waiting;
    std::size_t written = 0;  // of the first one
    Steady::time_point moved;
    std::optional<Steady::time_point> pinged;  ///< and not heard from since
    net::Frames frames{net::Side::client, 4096};

    bool wants(const std::string& kind) const;
};
using SocketPtr = std::shared_ptr<Socket>;

/// Writes without waiting for anybody: what one does not read waits for it up to a bound, and then it is cut off. What is asked for
/// is done in order. Any thread.
class Listeners {
public:
    /// `gone` is told of each that is over, on the writing thread.
    Listeners(const LiveOptions& options, std::function<void(const Socket&)> gone);
    ~Listeners();  ///< stops

    void take(SocketPtr socket);
    void tellAll(std::vector<WirePtr> wires);  ///< those who are level
    void tell(SocketPtr socket, std::vector<WirePtr> wires);
    void makeLevel(SocketPtr socket, WirePtr ready);
    void end(SocketPtr socket, net::CloseCode code, std::string reason);
    void endLevel(net::CloseCode code, std::string reason);  ///< those who are level
    void beat(WirePtr here);
    int count() const { return count_; }
    void stop();  ///< says goodbye to everybody

private:
    using Steady = Socket::Steady;
    void order(std::function<void()> act);
    void ring() const;
    void loop();
    void obey();
    void begin(const SocketPtr& socket);
    void hear(Socket& one, const Wire& wire);
    void beatTo(Socket& one, const Wire& here);
    void add(Socket& one, const Bytes& bytes);
    void finish(Socket& one, net::CloseCode code, const std::string& reason);
    void cut(Socket& one, const char* why);
    void readFrom(Socket& one);
    void answerFrames(Socket& one);
    void writeTo(Socket& one);
    void watch(Socket& one);
    void sweep();
    void sayGoodbye();

    const LiveOptions options_;
    const std::function<void(const Socket&)> gone_;
    const Bytes ping_;
    std::mutex mutex_;
    std::vector<std::function<void()>> orders_;
    std::atomic<int> count_ = 0;
    std::atomic<bool> stopping_ = false;
    int poller_ = -1, alarm_ = -1;
    // Of the writing thread:
    std::unordered_map<std::uint64_t, SocketPtr> sockets_;
    std::set<std::uint64_t> touched_, over_;
    std::deque<std::pair<Steady::time_point, std::uint64_t>> lingering_;
    std::thread thread_;
};

}  // namespace overture::service
