#include "service/server.hpp"

#include <Poco/Net/NetException.h>
#include <Poco/Net/ServerSocket.h>

#include <algorithm>
#include <atomic>
#include <cerrno>

#include "service/connections.hpp"
#include "service/requests.hpp"

namespace overture::service {
namespace {

std::string portRemedy(int code) {
    if (code == EADDRINUSE) return "Stop the program that uses it, or choose another with --port";
    if (code == EACCES) return "Choose a port above 1023 with --port, or run with the right to use it";
    if (code == EADDRNOTAVAIL) return "Choose an address of this machine with --address";
    return "Choose another with --address and --port";
}

Poco::Net::ServerSocket listenOn(const ServerOptions& options) {
    const auto where = options.address + ":" + std::to_string(options.port);
    try {
        const Poco::Net::SocketAddress address(options.address, options.port);
        Poco::Net::ServerSocket socket;
        socket.bind(address, true,
                    false);  // never SO_REUSEPORT: a second engine would take half of the calls unseen
        socket.listen(256);
        return socket;
    } catch (const Poco::Exception& error) {
        const auto what = error.code() == EADDRINUSE ? std::string("the port is in use by another program")
                                                     : "cannot listen here: " + error.displayText();
        throw Error(what, where, portRemedy(error.code()));
    }
}

std::string withoutSlash(std::string url) {
    while (url.ends_with('/')) url.pop_back();
    return url;
}

/// Whether these credentials are still let in: what is refused for its many calls is.
bool holds(api::Api& api, const std::string& authorization) {
    const auto answer = api.answer({"GET", "/v1/me", {{"authorization", authorization}}, "", "listening"});
    if (answer.status == 401 || answer.status == 403) return false;
    return answer.status != 429 ||
           std::any_of(answer.headers.begin(), answer.headers.end(),
                       [](const auto& header) { return header.first == "RateLimit-Limit"; });
}

}  // namespace

struct Server::Impl {
    Impl(const ServerOptions& given, store::Database& database, Intake& intake, api::Api& api,
         const Clock& clock)
        : options(given),
          socket(listenOn(given)),
          live(
              database, clock, [&api](const std::string& authorization) { return holds(api, authorization); },
              given.live),
          site{withoutSlash(given.publicUrl.empty() ? "http://" + socket.address().toString()
                                                    : given.publicUrl),
               given.largestBody,
               given.timeout,
               given.metricsToken,
               given.unsubscribing,
               database,
               intake,
               api,
               clock,
               live,
               given.calls,
               given.recordings},
          connections(socket,
                      [this](auto& request, auto& response) { answerRequest(request, response, site); },
                      {.workers = given.threads, .timeout = given.timeout}) {}

    ServerOptions options;
    Poco::Net::ServerSocket socket;
    Live live;
    Site site;
    Connections connections;
    std::atomic<bool> stopped = false;
};

Server::Server(const ServerOptions& options, store::Database& database, Intake& intake, api::Api& api,
               const Clock& clock)
    : impl_(std::make_unique<Impl>(options, database, intake, api, clock)) {}

Server::~Server() {
    stop();
}

std::uint16_t Server::port() const {
    return impl_->socket.address().port();
}

void Server::wake() {
    impl_->live.wake();
}

int Server::listening() const {
    return impl_->live.listening();
}

void Server::stop() {
    if (impl_->stopped.exchange(true)) return;
    impl_->live.stop();
    impl_->connections.stop(impl_->options.grace);
}

}  // namespace overture::service
