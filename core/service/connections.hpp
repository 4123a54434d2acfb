// Inside service: the connections of HTTP clients.
#pragma once

#include <Poco/Net/HTTPServerParams.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/StreamSocket.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/clock.hpp"

namespace overture::service {

struct ConnectionsOptions {
    int workers = 16;         ///< requests answered at once
    std::size_t most = 8192;  ///< connections; who comes then is sent away
    seconds timeout{15};      ///< for a client to send the head of a request, and each part of its body
    seconds idle{75};         ///< between two requests: longer than a proxy in front keeps its own (60 s)
};

/// Serves HTTP/1.1 on a listening socket. One thread watches all connections of which there is no request yet; a worker has one
/// only while it answers: who is idle, or slow to ask, keeps nobody waiting.
class Connections {
public:
    /// Answers one request, on any worker; may take the socket away (detachSocket). What it throws ends the connection.
    using Answer = std::function<void(Poco::Net::HTTPServerRequest&, Poco::Net::HTTPServerResponse&)>;
    Connections(const Poco::Net::ServerSocket& listener, Answer answer, const ConnectionsOptions& options);
    ~Connections();  ///< stops, without grace

    /// Takes no more requests, lets those that are being answered finish for so long, then cuts them off.
    void stop(milliseconds grace);
    int open() const;  ///< connections, now

private:
    using Steady = std::chrono::steady_clock;
    using Socket = Poco::Net::StreamSocket;
    /// Of which there is no whole request yet.
    struct Waiting {
        Socket socket;
        Steady::time_point until;
        bool fresh;      ///< nothing was heard of the next request
        int wanted = 0;  ///< bytes, before which there is nothing to do; 0: the head's end is not there
    };
    enum class Heard { enough, more, gone };

    void watch();
    void accept();
    void look(int handle);
    Heard hear(Waiting& one);
    void sweep();
    bool wait(const Socket& socket, Steady::time_point until);
    void work();
    bool answerAll(const Socket& socket);
    void watchFor(int handle) const;

    const Answer answer_;
    const ConnectionsOptions options_;
    Poco::Net::ServerSocket listener_;
    Poco::Net::HTTPServerParams::Ptr params_;
    int poller_ = -1, alarm_ = -1;
    mutable std::mutex mutex_;
    std::condition_variable asked_, quiet_;
    bool stopping_ = false;
    std::unordered_map<int, Waiting> waiting_;
    std::deque<Socket> requests_;               // to be answered
    std::unordered_map<int, Socket> answered_;  // by a worker, now
    std::vector<char> bytes_;                   // of the watching thread
    std::thread watcher_;
    std::vector<std::thread> workers_;
};

}  // namespace overture::service
