// Room net: outbound HTTP for everybody: pooled connections, TLS, deadlines, an egress allow list.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "base/clock.hpp"
#include "base/error.hpp"
#include "net/proxy.hpp"

namespace overture::net {

struct HttpResponse {
    int status = 0;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    std::string header(std::string_view name) const;  ///< case-insensitive; "" when absent
};

/// What the reader of a streamed body says to a piece of it.
enum class Piece {
    wait,    ///< go on; nothing useful yet, the patience runs on
    useful,  ///< go on, now until the deadline
    stop,    ///< enough: the rest is not read
};

/// For an answer that is read while it comes. Both are called on the sending thread.
struct Streaming {
    milliseconds patience{};  ///< until a piece is useful, from the beginning, connecting included
    std::function<void(const HttpResponse& head)> head;  ///< once, with an empty body
    std::function<Piece(std::string_view bytes)> piece;  ///< the body in order, cut anywhere
};

struct HttpRequest {
    std::string method = "GET";
    std::string url;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    /// For all of it: connect, send, answer; the thread's CallDeadline may end it earlier.
    milliseconds deadline{10000};
    const Streaming* streaming = nullptr;  ///< with it the response's body stays empty
};

/// How an exchange failed, for who must decide whether it may be repeated.
enum class HttpFailure {
    notSent,  ///< no byte of the request left (refused, no route, bad URL, not allowed): may be tried again
    unknown,  ///< the request may have arrived and no answer came (deadline, reset)
    late,     ///< the patience was over and no piece had been useful
    stopped,  ///< the reader said stop
};

struct HttpError {
    HttpFailure failure = HttpFailure::unknown;
    std::string message;  ///< with host, never with headers or body
};

struct HttpLimits {
    std::size_t largestResponse = 8 * 1024 * 1024;
    std::vector<std::string> allowedHosts;  ///< empty: any public host
    bool allowPrivate = true;               ///< loopback and private ranges
    std::vector<std::string> privateHosts =
        {};                ///< written as in allowedHosts: these may be there all the same
    Proxies proxies = {};  ///< what goes through them is held to all of the above as well
};

class WebSockets;

/// Any thread. Connections are kept and reused per scheme, host and port.
class HttpClient {
public:
    explicit HttpClient(HttpLimits limits = {});
    ~HttpClient();
    std::variant<HttpResponse, HttpError> send(const HttpRequest& request);
    /// Sockets on the same road out; their thread begins with the first call.
    WebSockets& sockets();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace overture::net
