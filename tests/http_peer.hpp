// A peer of plain sockets for tests of outbound HTTP, and what they ask it.
#pragma once

#include <Poco/Net/ServerSocket.h>
#include <Poco/Net/StreamSocket.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <memory>
#include <thread>

#include "net/http_client.hpp"

namespace overture::net {

using Poco::Net::StreamSocket;

/// A peer that does to each connection what the test says; counts connections and keeps what it read.
class Peer {
public:
    using Manners = std::function<void(StreamSocket&, int number)>;

    explicit Peer(Manners manners)
        : listener_(Poco::Net::SocketAddress("127.0.0.1", 0)), manners_(std::move(manners)) {
        thread_ = std::thread([this] { serve(); });
    }
    ~Peer() {
        stopping_ = true;
        StreamSocket wake;
        wake.connect(listener_.address());
        thread_.join();
        for (auto& talk : talks_) talk.join();
    }

    std::string url(const std::string& path = "/") const {
        return "http://127.0.0.1:" + std::to_string(listener_.address().port()) + path;
    }
    int accepted() const { return accepted_; }

private:
    void serve() {
        for (;;) {
            const auto socket = std::make_shared<StreamSocket>(listener_.acceptConnection());
            if (stopping_) return;
            const int number = ++accepted_;
            talks_.emplace_back([this, socket, number] {
                try {
                    manners_(*socket, number);
                } catch (const Poco::Exception&) {
                    return;  // the client went away, as some tests want it to
                }
            });
        }
    }

    Poco::Net::ServerSocket listener_;
    Manners manners_;
    std::atomic<int> accepted_ = 0;
    std::atomic<bool> stopping_ = false;
    std::vector<std::thread> talks_;
    std::thread thread_;
};

/// One whole request, or "" when the client has closed.
inline std::string readRequest(StreamSocket& socket) {
    std::string text;
    char c = 0;
    while (!text.ends_with("\r\n\r\n")) {
        if (socket.receiveBytes(&c, 1) <= 0) return "";
        text += c;
    }
    std::size_t length = 0;
    if (const auto at = text.find("Content-Length: "); at != std::string::npos)
        length = std::stoul(text.substr(at + 16));
    for (std::size_t i = 0; i < length; ++i) {
        if (socket.receiveBytes(&c, 1) <= 0) return "";
        text += c;
    }
    return text;
}

inline void say(StreamSocket& socket, const std::string& text) {
    socket.sendBytes(text.data(), static_cast<int>(text.size()));
}

inline void answerAll(StreamSocket& socket, int) {
    while (!readRequest(socket).empty())
        say(socket, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX-Kind: whole\r\n\r\nok");
}

/// Holds a connection until the client closes it.
inline void waitForClose(StreamSocket& socket) {
    char c = 0;
    while (socket.receiveBytes(&c, 1) > 0) {
    }
}

inline HttpRequest get(const std::string& url) {
    return {"GET", url, {}, "", milliseconds(5000)};
}
inline HttpRequest post(const std::string& url) {
    return {"POST", url, {}, "a=1", milliseconds(5000)};
}

inline HttpResponse whole(const std::variant<HttpResponse, HttpError>& result) {
    if (const auto* error = std::get_if<HttpError>(&result)) ADD_FAILURE() << error->message;
    const auto* response = std::get_if<HttpResponse>(&result);
    return response == nullptr ? HttpResponse{} : *response;
}

inline HttpError failed(const std::variant<HttpResponse, HttpError>& result) {
    const auto* error = std::get_if<HttpError>(&result);
    EXPECT_NE(error, nullptr) << "an answer came";
    return error == nullptr ? HttpError{} : *error;
}

}  // namespace overture::net
