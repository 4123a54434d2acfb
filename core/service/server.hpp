// Room service: the engine as a server: its HTTP, its mailboxes, its live listeners, and what comes in by them.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "api/api.hpp"
#include "base/clock.hpp"
#include "service/intake.hpp"
#include "service/live.hpp"
#include "store/database.hpp"

namespace overture::service {

class Calls;
class Recordings;
class Unsubscribing;

struct ServerOptions {
    std::string address = "127.0.0.1";  ///< an address of this machine; "0.0.0.0" or "::" for all of them
    std::uint16_t port = 8080;          ///< 0: any free one
    /// How the world reaches this server, "https://hooks.example.com": what carriers sign. Empty: http://address:port.
    /// The Host header is never believed, since anybody can write it.
    std::string publicUrl = {};
    std::size_t largestBody = 1024 * 1024;  ///< bytes; more is answered 413
    /// Who sends it as a bearer token may read /metrics; empty: nobody.
    std::string metricsToken = {};
    int threads = 16;                        ///< requests at work at once
    seconds timeout{15};                     ///< for a client to send its whole request
    Unsubscribing* unsubscribing = nullptr;  ///< answers below /unsubscribe/; none: nothing is there
    seconds grace{10};                       ///< for requests at work when the server stops
    LiveOptions live = {};
    Calls* calls = nullptr;  ///< takes the sound of calls in below /v1/calls/media/; none: nothing is there
    Recordings* recordings = nullptr;  ///< hands them out below /recordings/; none: nothing is there
};

/// The HTTP face of `overture serve`: POST|GET /hooks/{binding id}, the API below /v1, its page /docs, /healthz (the process
/// lives), /readyz (the database answers and is migrated), /metrics. Serves from construction to stop().
class Server {
public:
    /// Throws Error in one sentence when the port is in use, not allowed, or the address is not of this machine. The references
    /// must outlive the server.
    Server(const ServerOptions& options, store::Database& database, Intake& intake, api::Api& api,
           const Clock& clock);
    ~Server();  ///< stops
    std::uint16_t port() const;
    /// There may be something new to tell.
    void wake();
    int listening() const;  ///< to the feed, now
    /// Takes no new requests, lets those at work finish within the grace, then closes. Any thread; once is enough.
    void stop();

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
};

}  // namespace overture::service
