// Room api: the REST API below /v1 as one table of routes, from which the OpenAPI document is written. No sockets: service
// brings requests and takes answers away.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/limits.hpp"
#include "base/clock.hpp"
#include "base/json.hpp"
#include "feed/feed.hpp"
#include "net/http_client.hpp"
#include "plugin/host.hpp"
#include "store/database.hpp"
#include "tenant/guesses.hpp"
#include "tenant/keys.hpp"
#include "tenant/passwords.hpp"
#include "tenant/tenants.hpp"

namespace overture::api {

struct Request {
    std::string method, target;  ///< "GET", "/v1/leads?limit=10": as they came
    Json headers;                ///< names in lower case
    std::string body;
    std::string client;  ///< its address
};

/// A call that asked to be kept open and told of what happens.
struct Stream {
    OrganizationId organization;
    std::optional<feed::Cursor> after;  ///< none: from now on
    std::vector<std::string> kinds;     ///< none: all
};

struct Response {
    int status = 200;
    std::string contentType, body;
    std::vector<std::pair<std::string, std::string>> headers = {};
    std::optional<Stream> stream = {};  ///< when the status is 200
};

/// Where a call's recording, in a storage or nobody's, can be listened to for a while: {url, expires_at}. Throws Error.
using RecordingLink = std::function<Json(const OrganizationId& organization, const Uuid& call, int part,
                                         const std::optional<BindingId>& storage, const std::string& key)>;

struct Options {
    int callsPerWindow = 5000;  ///< of one key, per 15 minutes
    int guessesPerWindow = 30;  ///< wrong keys from one address, per 15 minutes
    const tenant::Vault* vault =
        nullptr;  ///< seals what sessions are signed with; without it nobody signs in
    tenant::PasswordCost passwordCost = {};
    tenant::Throttle throttle = {};  ///< of those who sign in
    /// Addresses of proxies in front of us: what the nearest of them says of the client (X-Forwarded-For) is believed.
    std::vector<std::string> proxies = {};
    int formsPerWindow = 20;  ///< one web form from one network, per 15 minutes
    /// How issuers are asked at which people sign in; without it none is.
    std::function<std::variant<net::HttpResponse, net::HttpError>(const net::HttpRequest&)> send = {};
    plugin::Host* plugins = nullptr;  ///< what bindings are checked and tried by; without it neither is done
    /// What holds for a binding that is opened for a trial; without it the usual.
    std::function<plugin::Terms(const OrganizationId&, const tenant::Binding&)> terms = {};
    RecordingLink recordingLink = {};  ///< without it nobody listens to recordings
};

struct Route;
struct Match;
struct Caller;
struct Origin;
struct Means;
class Issuers;
class LongWork;

/// Answers /v1/… and /docs. Every call works in one transaction as its caller's organization: what it did, its line in the audit
/// and the answer kept for its Idempotency-Key are there together or not at all. Errors are application/problem+json
/// (RFC 9457) with `code`, and `field` where one is to blame. Any thread.
class Api {
public:
    /// `wake` says that there may be something to do for the engine.
    Api(
        store::Database& database, const Clock& clock, std::function<void()> wake = [] {},
        const Options& options = {});
    ~Api();
    static bool owns(const std::string& target);  ///< whether such a request is for here
    Response answer(const Request& request);

private:
    Response found(const Request& request);
    Response preflight(const std::string& origin);
    Response opened(const Request& request, const Match& match, Instant now);
    Response allowed(const Request& request, const std::string& path, const OrganizationId& organization,
                     const Caller& caller, Instant now);
    std::string clientOf(const Request& request) const;

    store::Database& database_;
    const Clock& clock_;
    std::function<void()> wake_;
    const std::vector<std::string> proxies_;
    Limits calls_, guesses_, forms_;
    tenant::Passwords passwords_;
    tenant::Guesses signIns_;
    const std::unique_ptr<Issuers> issuers_;
    const std::unique_ptr<LongWork> longWork_;
    const std::unique_ptr<Means> means_;
};

}  // namespace overture::api
