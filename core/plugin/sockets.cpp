#include "plugin/sockets.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "net/web_socket.hpp"
#include "plugin/library.hpp"

namespace overture::plugin {
namespace {

constexpr std::size_t kUsual = 1024 * 1024;
constexpr std::size_t kLargest = 16 * 1024 * 1024;

std::string copyOf(overture_text_t text) {
    return text.size == 0 ? std::string() : std::string(text.data, text.size);
}
overture_text_t borrowed(std::string_view text) {
    return {text.data(), text.size()};
}

int howOf(net::WebSocketEnd::How how) {
    switch (how) {
        case net::WebSocketEnd::How::notOpened: return OVERTURE_WEBSOCKET_NOT_OPENED;
        case net::WebSocketEnd::How::refused: return OVERTURE_WEBSOCKET_REFUSED;
        case net::WebSocketEnd::How::closed: return OVERTURE_WEBSOCKET_CLOSED;
        case net::WebSocketEnd::How::lost: return OVERTURE_WEBSOCKET_LOST;
        case net::WebSocketEnd::How::done: break;
    }
    return OVERTURE_WEBSOCKET_DONE;
}

/// A plugin's socket: its events on the way in. `release` deletes it, also from inside one of them.
class PluginSocket final : public net::WebSocketEvents {
public:
    PluginSocket(const HostTable& host, const overture_websocket_events_t* events,
                 net::WebSocketRequest request)
        : host_(host), events_(*events), given_(events), request_(std::move(request)) {
        socket_ = host.services().http.sockets().open(request_, *this);
    }

    void opened() override {
        tell([&] { events_.opened(given_); });
    }
    void text(std::string_view message) override {
        tell([&] { events_.text(given_, borrowed(message)); });
    }
    void binary(std::string_view message) override {
        tell([&] { events_.binary(given_, borrowed(message)); });
    }
    void tick() override {
        tell([&] { events_.tick(given_); });
    }
    void closed(const net::WebSocketEnd& end) override {
        record(end);
        const overture_websocket_end_t form{sizeof(overture_websocket_end_t),
                                            howOf(end.how),
                                            end.code,
                                            end.retryAfter ? end.retryAfter->count() : -1,
                                            borrowed(end.said),
                                            borrowed(end.why)};
        tell([&] { events_.closed(given_, &form); });
    }

    net::WebSocket& socket() { return *socket_; }

private:
    template <typename Step>
    void tell(Step step) {
        const auto plugin = host_.plugin();
        if (const auto trouble = guarded(step); !trouble.empty())
            log::error("plugin", {{"plugin", plugin}, {"line", "an event of a socket: " + trouble}});
    }

    /// How it was asked for and how it ended; not what was said.
    void record(const net::WebSocketEnd& end) const {
        if (host_.recorder() == nullptr) return;
        const net::HttpRequest asked{"WEBSOCKET", request_.url, request_.headers, {}};
        using How = net::WebSocketEnd::How;
        if (end.how == How::notOpened || end.how == How::lost) {
            const auto failure = end.how == How::lost ? net::HttpFailure::unknown : net::HttpFailure::notSent;
            host_.recorder()->write(host_.services().clock.now(), asked, net::HttpError{failure, end.why},
                                    host_.everySecret());
            return;
        }
        net::HttpResponse answer{end.how == How::refused ? end.code : 101, {}, end.said};
        if (end.how != How::refused) answer.headers.emplace_back("Close", std::to_string(end.code));
        host_.recorder()->write(host_.services().clock.now(), asked, answer, host_.everySecret());
    }

    const HostTable& host_;
    const overture_websocket_events_t events_;
    const overture_websocket_events_t* given_;
    const net::WebSocketRequest request_;
    std::unique_ptr<net::WebSocket> socket_;  // ends first
};

PluginSocket& socketOf(overture_websocket_t* socket) {
    return *reinterpret_cast<PluginSocket*>(socket);
}

int sentOf(net::WebSocketSent sent) {
    return sent == net::WebSocketSent::queued ? OVERTURE_WEBSOCKET_QUEUED
           : sent == net::WebSocketSent::full ? OVERTURE_WEBSOCKET_FULL
                                              : OVERTURE_WEBSOCKET_OVER;
}

overture_websocket_t* open(const overture_host_t* host, const overture_websocket_request_t* asked,
                           const overture_websocket_events_t* events) {
    net::WebSocketRequest request{
        copyOf(asked->url),
        {},
        milliseconds(std::max<std::int64_t>(0, asked->delay_ms)),
        milliseconds(std::clamp<std::int64_t>(asked->deadline_ms, 1, 120'000)),
        milliseconds(asked->tick_ms > 0 ? std::max<std::int64_t>(10, asked->tick_ms) : 0),
        asked->largest == 0 ? kUsual : std::min(asked->largest, kLargest)};
    for (std::size_t i = 0; i < asked->header_count; ++i)
        request.headers.emplace_back(copyOf(asked->headers[i].name), copyOf(asked->headers[i].value));
    const auto& table = *static_cast<const HostTable*>(host->context);
    return reinterpret_cast<overture_websocket_t*>(new PluginSocket(table, events, std::move(request)));
}

}  // namespace

const overture_host_websocket_t& webSocketService() {
    static constexpr overture_host_websocket_t service{
        sizeof(overture_host_websocket_t),
        open,
        [](overture_websocket_t* socket, overture_text_t message) {
            return std::int32_t{sentOf(socketOf(socket).socket().sendText({message.data, message.size}))};
        },
        [](overture_websocket_t* socket, overture_text_t message) {
            return std::int32_t{sentOf(socketOf(socket).socket().sendBinary({message.data, message.size}))};
        },
        [](overture_websocket_t* socket, std::int32_t code, overture_text_t reason) {
            socketOf(socket).socket().close(code, {reason.data, reason.size});
        },
        [](overture_websocket_t* socket) { delete &socketOf(socket); }};
    return service;
}

}  // namespace overture::plugin
