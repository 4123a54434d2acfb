#include "net/http_client.hpp"

#include <algorithm>
#include <csignal>
#include <mutex>
#include <unordered_map>

#include "base/call_deadline.hpp"
#include "base/text.hpp"
#include "net/connection.hpp"
#include "net/target.hpp"
#include "net/web_socket.hpp"

namespace overture::net {
namespace {

constexpr std::size_t kMostIdle = 256;  // per scheme, host and port
constexpr std::chrono::seconds kLongestIdle{30};

/// Connections waiting for their next exchange, the latest used first. Any thread.
class IdleConnections {
public:
    std::unique_ptr<Connection> take(const std::string& key) {
        for (;;) {
            Idle idle;
            {
                std::scoped_lock lock(mutex_);
                auto& waiting = byKey_[key];
                if (waiting.empty()) return nullptr;
                idle = std::move(waiting.back());
                waiting.pop_back();
            }
            const bool fresh = std::chrono::steady_clock::now() - idle.since < kLongestIdle;
            if (fresh && idle.connection->quiet()) return std::move(idle.connection);
        }
    }

    void give(const std::string& key, std::unique_ptr<Connection> connection) {
        Idle dropped;
        std::scoped_lock lock(mutex_);
        auto& waiting = byKey_[key];
        if (waiting.size() >= kMostIdle) {
            dropped = std::move(waiting.front());
            waiting.erase(waiting.begin());
        }
        waiting.push_back({std::move(connection), std::chrono::steady_clock::now()});
    }

private:
    struct Idle {
        std::unique_ptr<Connection> connection;
        std::chrono::steady_clock::time_point since;
    };
    std::mutex mutex_;
    std::unordered_map<std::string, std::vector<Idle>> byKey_;
};

HttpError notSent(std::string message) {
    return {HttpFailure::notSent, std::move(message)};
}

void ignoreBrokenPipes() {
    static std::once_flag once;
    std::call_once(once, [] {
        struct sigaction now {};
        if (sigaction(SIGPIPE, nullptr, &now) == 0 && now.sa_handler == SIG_DFL)
            std::signal(SIGPIPE, SIG_IGN);
    });
}

}  // namespace

std::string HttpResponse::header(std::string_view name) const {
    const auto wanted = lowerAscii(name);
    for (const auto& [key, value] : headers)
        if (lowerAscii(key) == wanted) return value;
    return {};
}

struct HttpClient::Impl {
    explicit Impl(HttpLimits given) : limits(std::move(given)) {}

    /// A new connection, or the sentence why there is none.
    std::variant<std::unique_ptr<Connection>, std::string> open(const Target& target, const Proxy* proxy,
                                                                Deadline deadline) {
        const auto resolved = resolve(target, limits, proxy, deadline);
        if (const auto* trouble = std::get_if<std::string>(&resolved)) return *trouble;
        std::string trouble;
        for (const auto& address : std::get<std::vector<Poco::Net::SocketAddress>>(resolved)) {
            try {
                auto connection = makeConnection(target, proxy);
                connection->open(address, target, watchdog, deadline);
                return connection;
            } catch (const Poco::Exception& error) {
                if (trouble.empty())
                    trouble = (proxy == nullptr ? "cannot connect: "
                                                : "cannot connect through the proxy " + proxy->key() + ": ") +
                              error.displayText();
            }
        }
        return trouble;
    }

    HttpLimits limits;
    Watchdog watchdog;
    IdleConnections idle;
    std::once_flag begun;
    std::unique_ptr<WebSockets> sockets;
};

HttpClient::HttpClient(HttpLimits limits) : impl_(std::make_unique<Impl>(std::move(limits))) {
    ignoreBrokenPipes();
}
HttpClient::~HttpClient() = default;

WebSockets& HttpClient::sockets() {
    std::call_once(impl_->begun, [&] { impl_->sockets = std::make_unique<WebSockets>(impl_->limits); });
    return *impl_->sockets;
}

std::variant<HttpResponse, HttpError> HttpClient::send(const HttpRequest& request) {
    const auto begun = std::chrono::steady_clock::now();
    const auto deadline = std::min(begun + request.deadline, CallDeadline::end());
    if (deadline <= begun) return notSent("no time was left for the request");
    const auto patience =
        request.streaming == nullptr ? deadline : std::min(deadline, begun + request.streaming->patience);
    const auto late = [&] {
        return request.streaming != nullptr && std::chrono::steady_clock::now() >= patience;
    };
    const auto checked = targetOf(request, impl_->limits);
    if (const auto* trouble = std::get_if<std::string>(&checked)) return notSent(*trouble);
    const auto& target = std::get<Target>(checked);
    const bool repeatable = request.method == "GET" || request.method == "HEAD";
    const auto* proxy = impl_->limits.proxies.of(target.secure, target.host);
    auto connection = impl_->idle.take(target.key());
    for (;;) {
        const bool kept = connection != nullptr;
        if (!kept) {
            auto opened = impl_->open(target, proxy, patience);
            if (const auto* trouble = std::get_if<std::string>(&opened))
                return HttpError{late() ? HttpFailure::late : HttpFailure::notSent,
                                 target.host + ": " + *trouble};
            connection = std::move(std::get<std::unique_ptr<Connection>>(opened));
        }
        auto result = connection->exchange(request, target, impl_->watchdog,
                                           {impl_->limits.largestResponse, begun, patience, deadline});
        if (result.complete) {
            if (result.reusable) impl_->idle.give(target.key(), std::move(connection));
            return std::move(result.response);
        }
        connection.reset();
        if (result.stopped) return HttpError{HttpFailure::stopped, target.host + ": the reader had enough"};
        if (!result.useful && late())
            return HttpError{HttpFailure::late, target.host + ": " + result.trouble};
        if (kept && !result.answering && (repeatable || !result.sent)) continue;
        return HttpError{result.sent ? HttpFailure::unknown : HttpFailure::notSent,
                         target.host + ": " + result.trouble};
    }
}

}  // namespace overture::net
