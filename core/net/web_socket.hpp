// WebSockets to the outside (RFC 6455), driven by events: any number of them on one thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "net/http_client.hpp"

namespace overture::net {

struct WebSocketRequest {
    std::string url;  ///< ws or wss
    std::vector<std::pair<std::string, std::string>> headers;
    milliseconds delay{0};              ///< before connecting
    milliseconds deadline{10'000};      ///< from then on until it is open
    milliseconds tick{0};               ///< how often `tick` is called; 0: never
    std::size_t largest = 1024 * 1024;  ///< of one message that comes in
};

struct WebSocketEnd {
    enum class How {
        notOpened,  ///< no connection, no TLS, no answer in time, no WebSocket there
        refused,    ///< the peer answered the upgrade with the HTTP status `code`
        closed,     ///< by the peer, with `code`; 1005: it gave none
        lost,       ///< it was open and broke, went silent, or the peer broke the protocol
        done,       ///< after our own close
    };
    How how = How::lost;
    int code = 0;
    std::optional<milliseconds> retryAfter = {};  ///< refused: what the peer asks for
    std::string said = {};                        ///< the peer's own words: a reason, the body of a refusal
    std::string why = {};                         ///< with the host's name, without anything of the peer's
};

/// What happens on one socket: on the thread of all sockets, one after the other. None may block or throw.
class WebSocketEvents {
public:
    virtual ~WebSocketEvents() = default;
    virtual void opened() {}
    virtual void text(std::string_view message) { static_cast<void>(message); }
    virtual void binary(std::string_view message) { static_cast<void>(message); }
    virtual void tick() {}
    /// Once, last.
    virtual void closed(const WebSocketEnd& end) = 0;
};

enum class WebSocketSent { queued, full, over };

/// One socket. Any thread. Its end releases it: after that nothing happens on it (but for the event from inside which it ended), and
/// what is queued still goes out, for at most five seconds.
class WebSocket {
public:
    virtual ~WebSocket() = default;
    virtual WebSocketSent sendText(std::string_view message) = 0;
    virtual WebSocketSent sendBinary(std::string_view message) = 0;
    virtual void close(int code, std::string_view reason) = 0;
};

/// How long is waited for what.
struct WebSocketTimes {
    milliseconds silence{20'000};  ///< until a peer that says nothing is pinged
    milliseconds pong{10'000};     ///< until one that does not answer that is lost
    milliseconds closing{5'000};   ///< for what is queued, and for the peer's close
};

/// All sockets, and the thread they live on. Any thread. Outlives its sockets.
class WebSockets {
public:
    static constexpr std::size_t kMostQueued = 1024 * 1024;

    explicit WebSockets(HttpLimits limits, WebSocketTimes times = {});
    ~WebSockets();
    WebSockets(const WebSockets&) = delete;
    WebSockets& operator=(const WebSockets&) = delete;

    /// Returns at once; what goes wrong comes as `closed`. The events outlive the socket.
    std::unique_ptr<WebSocket> open(const WebSocketRequest& request, WebSocketEvents& events);

private:
    struct Impl;
    class Handle;
    std::unique_ptr<Impl> impl_;
};

}  // namespace overture::net
