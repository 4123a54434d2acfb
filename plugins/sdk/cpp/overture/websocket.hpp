// A WebSocket to the outside, from host.websocket/1.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "overture/plugin.hpp"

namespace overture::sdk {

struct WebSocketRequest {
    std::string url;
    std::vector<std::pair<std::string, std::string>> headers;
    std::int64_t delayMs = 0;         ///< before connecting
    std::int64_t deadlineMs = 10000;  ///< from then on until it is open
    std::int64_t tickMs = 0;          ///< how often WebSocketEvents::tick is called; 0: never
    std::size_t largest = 0;          ///< of one message that comes in; 0: 1 MiB
};

/// How a socket ended; see overture/host_websocket.h.
struct WebSocketEnd {
    int how = OVERTURE_WEBSOCKET_LOST;
    int code = 0;
    std::int64_t retryAfterMs = -1;
    std::string said;  ///< the peer's own words
    std::string why;   ///< for operators
};

/// What happens on one socket; one at a time, on a thread of the host. None may block.
struct WebSocketEvents {
    virtual ~WebSocketEvents() = default;
    virtual void opened() {}
    virtual void text(std::string_view) {}
    virtual void binary(std::string_view) {}
    virtual void tick() {}
    virtual void closed(const WebSocketEnd&) = 0;
};

/// Any thread. Its end is the socket's: after it nothing happens on it (but for the event from inside which it was ended), and what
/// is queued still goes out.
class WebSocket {
public:
    /// The events outlive the socket.
    WebSocket(Host host, const WebSocketRequest& request, WebSocketEvents& events);
    ~WebSocket() { table_.release(socket_); }
    WebSocket(const WebSocket&) = delete;
    WebSocket& operator=(const WebSocket&) = delete;

    /// An overture_websocket_sent.
    int sendText(std::string_view message) { return table_.send_text(socket_, detail::textOf(message)); }
    int sendBinary(std::string_view message) { return table_.send_binary(socket_, detail::textOf(message)); }
    void close(int code = 1000, std::string_view reason = {}) {
        table_.close(socket_, code, detail::textOf(reason));
    }

private:
    static const overture_host_websocket_t& tableOf(const overture_host_t* host) {
        const auto* table =
            static_cast<const overture_host_websocket_t*>(host->get_service(host, OVERTURE_HOST_WEBSOCKET));
        if (table == nullptr) throw std::runtime_error("this engine does not offer " OVERTURE_HOST_WEBSOCKET);
        return *table;
    }
    /// What a plugin throws ends nothing but the event; it is logged.
    template <typename Step>
    static void guard(const overture_websocket_events_t* events, Step step) noexcept {
        auto& self = *static_cast<WebSocket*>(events->context);
        auto& to = self.events_;
        const auto host = self.host_;  // the step may end the socket
        try {
            step(to);
        } catch (const std::exception& error) {
            host.log(OVERTURE_LOG_ERROR, std::string("an event of a socket: ") + error.what());
        } catch (...) {
            host.log(OVERTURE_LOG_ERROR,
                     "an event of a socket: something that is no std::exception was thrown");
        }
    }

    Host host_;
    WebSocketEvents& events_;
    const overture_host_websocket_t& table_;
    overture_websocket_events_t form_;
    overture_websocket_t* socket_;
};

inline WebSocket::WebSocket(Host host, const WebSocketRequest& request, WebSocketEvents& events)
    : host_(host),
      events_(events),
      table_(tableOf(host.table())),
      form_{
          sizeof(overture_websocket_events_t),
          this,
          [](const overture_websocket_events_t* of) { guard(of, [](WebSocketEvents& to) { to.opened(); }); },
          [](const overture_websocket_events_t* of, overture_text_t message) {
              guard(of, [&](WebSocketEvents& to) { to.text({message.data, message.size}); });
          },
          [](const overture_websocket_events_t* of, overture_text_t message) {
              guard(of, [&](WebSocketEvents& to) { to.binary({message.data, message.size}); });
          },
          [](const overture_websocket_events_t* of) { guard(of, [](WebSocketEvents& to) { to.tick(); }); },
          [](const overture_websocket_events_t* of, const overture_websocket_end_t* end) {
              guard(of, [&](WebSocketEvents& to) {
                  to.closed({end->how, end->code, end->retry_after_ms, detail::stringOf(end->said),
                             detail::stringOf(end->why)});
              });
          }} {
    std::vector<overture_http_header_t> headers;
    for (const auto& [name, value] : request.headers)
        headers.push_back({detail::textOf(name), detail::textOf(value)});
    const overture_websocket_request_t asked{sizeof(overture_websocket_request_t),
                                             detail::textOf(request.url),
                                             headers.data(),
                                             headers.size(),
                                             request.delayMs,
                                             request.deadlineMs,
                                             request.tickMs,
                                             request.largest};
    socket_ = table_.open(host.table(), &asked, &form_);
}

}  // namespace overture::sdk
