// The other end of outbound WebSockets, written by hand so that it can be wrong in every way.
#pragma once

#include <Poco/Net/NetException.h>
#include <Poco/Net/SecureServerSocket.h>
#include <Poco/SHA1Engine.h>

#include <condition_variable>
#include <mutex>

#include "base/digest.hpp"
#include "http_peer.hpp"
#include "net/web_socket.hpp"
#include "tls_peer.hpp"

namespace overture::net {

/// A frame as a server sends it.
inline std::string serverFrame(int opcode, std::string_view payload, bool last = true) {
    std::string out(1, static_cast<char>((last ? 0x80 : 0) | opcode));
    if (payload.size() < 126) {
        out += static_cast<char>(payload.size());
    } else if (payload.size() <= 0xffff) {
        out += static_cast<char>(126);
        out += static_cast<char>(payload.size() >> 8);
        out += static_cast<char>(payload.size());
    } else {
        out += static_cast<char>(127);
        for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>(payload.size() >> shift);
    }
    return out.append(payload);
}

/// One connection of the peer's.
class Talk {
public:
    explicit Talk(StreamSocket socket) : socket_(std::move(socket)) {}

    /// Reads the request for a socket and agrees; what it read is `request`.
    void agree(const std::string& more = {}) {
        request = readRequest(socket_);
        const auto at = request.find("Sec-WebSocket-Key: ");
        const auto key = request.substr(at + 19, request.find('\r', at) - at - 19);
        Poco::SHA1Engine engine;
        engine.update(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11");
        const auto& digest = engine.digest();
        raw("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: "
            "Upgrade\r\nSec-WebSocket-Accept: " +
            toBase64(std::string(digest.begin(), digest.end())) + "\r\n" + more + "\r\n");
    }
    void raw(const std::string& bytes) { say(socket_, bytes); }
    void frame(int opcode, std::string_view payload, bool last = true) {
        raw(serverFrame(opcode, payload, last));
    }

    struct Frame {
        int opcode = -1;  ///< -1: the client has closed the connection
        bool masked = false;
        std::string payload;
    };
    Frame read() {
        std::string head;
        if (!bytes(head, 2)) return {};
        Frame out{head[0] & 0x0f, (head[1] & 0x80) != 0, {}};
        std::uint64_t length = head[1] & 0x7f;
        std::string more, mask;
        if (length >= 126) {
            if (!bytes(more, length == 126 ? 2 : 8)) return {};
            length = 0;
            for (const char c : more) length = length << 8 | static_cast<std::uint8_t>(c);
        }
        if (!bytes(mask, 4) || !bytes(out.payload, length)) return {};
        for (std::size_t i = 0; i < out.payload.size(); ++i)
            out.payload[i] = static_cast<char>(out.payload[i] ^ mask[i % 4]);
        return out;
    }
    void waitForClose() { net::waitForClose(socket_); }
    StreamSocket& socket() { return socket_; }

    std::string request;

private:
    bool bytes(std::string& into, std::size_t count) {
        char buffer[4096];
        while (into.size() < count) {
            const auto want = static_cast<int>(std::min(sizeof buffer, count - into.size()));
            const int got = socket_.receiveBytes(buffer, want);
            if (got <= 0) return false;
            into.append(buffer, static_cast<std::size_t>(got));
        }
        return true;
    }
    StreamSocket socket_;
};

/// A peer for sockets over TLS as `name`; one connection.
class SecureSocketPeer {
public:
    SecureSocketPeer(const std::string& name, std::function<void(Talk&)> manners)
        : listener_(Poco::Net::SocketAddress("127.0.0.1", 0), 8,
                    new Poco::Net::Context(Poco::Net::Context::TLS_SERVER_USE,
                                           (certificateFolder() / (name + ".key")).string(),
                                           (certificateFolder() / (name + ".pem")).string(), "",
                                           Poco::Net::Context::VERIFY_NONE)),
          thread_([this, manners] {
              try {
                  Talk talk(listener_.acceptConnection());
                  manners(talk);
              } catch (const Poco::Exception&) {
                  return;
              }
          }) {}
    ~SecureSocketPeer() { thread_.join(); }
    std::string url() const { return "wss://localhost:" + std::to_string(listener_.address().port()) + "/"; }

private:
    Poco::Net::SecureServerSocket listener_;
    std::thread thread_;
};

/// What happened on a socket, for tests to wait for.
class Seen final : public WebSocketEvents {
public:
    void opened() override { add("opened"); }
    void text(std::string_view message) override { add("text " + std::string(message)); }
    void binary(std::string_view message) override { add("binary " + std::string(message)); }
    void tick() override { add("tick"); }
    void closed(const WebSocketEnd& how) override {
        {
            const std::scoped_lock lock(mutex_);
            end_ = how;
        }
        add("closed");
    }
    /// Until so many things have happened; what they are.
    std::vector<std::string> wait(std::size_t count) {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, seconds(20), [&] { return all_.size() >= count; });
        return all_;
    }
    WebSocketEnd end() {
        std::unique_lock lock(mutex_);
        if (!changed_.wait_for(lock, seconds(20), [&] { return end_.has_value(); }))
            ADD_FAILURE() << "no end came";
        return end_.value_or(WebSocketEnd{});
    }
    bool over() {
        const std::scoped_lock lock(mutex_);
        return end_.has_value();
    }

private:
    void add(std::string what) {
        const std::scoped_lock lock(mutex_);
        all_.push_back(std::move(what));
        changed_.notify_all();
    }
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> all_;
    std::optional<WebSocketEnd> end_;
};

}  // namespace overture::net
