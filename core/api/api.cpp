#include "api/api.hpp"

#include <algorithm>
#include <set>

#include "api/reading.hpp"
#include "api/shared.hpp"
#include "base/digest.hpp"
#include "base/log.hpp"
#include "base/log_context.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "queries/api.hpp"

namespace overture::api {
namespace {

constexpr seconds kWindow{15 * 60};
constexpr seconds kAnswersKept{24 * 3600};
constexpr std::size_t kLongestIdempotencyKey = 200;
constexpr std::size_t kLongWorkAtOnce = 4;  // of the server's sixteen threads

std::string pathOf(const std::string& target) {
    return target.substr(0, target.find_first_of("?#"));
}

std::string_view titleOf(int status) {
    switch (status) {
        case 400: return "Bad Request";
        case 401: return "Unauthorized";
        case 403: return "Forbidden";
        case 404: return "Not Found";
        case 405: return "Method Not Allowed";
        case 409: return "Conflict";
        case 410: return "Gone";
        case 412: return "Precondition Failed";
        case 415: return "Unsupported Media Type";
        case 422: return "Unprocessable Content";
        case 429: return "Too Many Requests";
        case 502: return "Bad Gateway";
        case 503: return "Service Unavailable";
        default: return "Internal Server Error";
    }
}

Response responseTo(const Refusal& refusal) {
    Json problem{{"type", "/docs#" + refusal.code},
                 {"title", titleOf(refusal.status)},
                 {"status", refusal.status},
                 {"code", refusal.code},
                 {"detail", refusal.detail}};
    if (!refusal.field.empty()) problem["field"] = refusal.field;
    Response response{refusal.status, "application/problem+json", toText(problem) + "\n"};
    if (refusal.retryAfter > seconds(0))
        response.headers.emplace_back("Retry-After", std::to_string(refusal.retryAfter.count()));
    return response;
}

/// What a caller may choose as a name for its own call.
bool isPlainName(const std::string& text, std::size_t most) {
    return !text.empty() && text.size() <= most &&
           std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

std::string tokenOf(const Request& request) {
    const auto given = textOf(request.headers, "authorization");
    constexpr std::string_view kScheme = "bearer ";
    if (lowerAscii(given.substr(0, kScheme.size())) != kScheme) return {};
    return std::string(trim(given.substr(kScheme.size())));
}

void sayWhere(Response& response, const Json& document) {
    if (response.status == 202) response.headers.emplace_back("Location", textOf(document, "self"));
}

/// The answer that a call with the same Idempotency-Key was given, after this one has its place beside it.
std::optional<Response> answeredBefore(Call& call, const Request& request, const std::string& name) {
    if (!isPlainName(name, kLongestIdempotencyKey))
        throw Refusal{400, "invalid", "It has up to 200 visible ASCII characters.", "Idempotency-Key"};
    const auto said = request.method + " " + request.target + "\n" + request.body;
    const auto* vault = call.means.vault;  // a password in it must not be guessed at by its hash
    const auto hash = vault != nullptr ? vault->sign("request", said) : toHex(sha256(said));
    call.tx.queue(sql::api::forget_answers,
                  {call.organization, call.caller.actor.id, call.now - kAnswersKept});
    if (call.tx.run(sql::api::begin_answer, {call.organization, call.caller.actor.id, name, hash, call.now})
            .affected() > 0)
        return std::nullopt;
    const auto rows = call.tx.run(sql::api::kept_answer, {call.organization, call.caller.actor.id, name});
    if (rows.empty())
        throw Refusal{409, "at_work", "A call with this key is at work; try again.", "Idempotency-Key"};
    const auto before = rows[0].text("request_hash");
    if (before != hash && (vault == nullptr || !vault->isSigned("request", said, before)))
        throw Refusal{422, "key_reused", "Another call was made with this key.", "Idempotency-Key"};
    if (rows[0].text("answer").empty())
        throw Refusal{409, "shown_once", "It was done; its answer is shown once and kept nowhere.",
                      "Idempotency-Key"};
    Response again{static_cast<int>(rows[0].integer("status")),
                   "application/json",
                   rows[0].text("answer"),
                   {{"Idempotency-Replayed", "true"}}};
    sayWhere(again, parseJson(again.body, "a kept answer").orThrow());
    return again;
}

struct Known {
    OrganizationId organization;
    Caller caller;
    bool holds = false;
};

/// Whose token this is, whether or not it still holds.
std::optional<Known> known(store::Database& database, const tenant::Vault* vault, const std::string& token,
                           Instant now) {
    if (vault != nullptr && tenant::isSessionToken(token)) {
        auto owner = tenant::sessionOf(database, *vault, token);
        if (!owner) return std::nullopt;
        const auto& user = owner->session.user;
        return Known{owner->organization,
                     {{"user", user.name, user.id.uuid}, user.role, {}, {}, owner->session},
                     owner->session.holdsAt(now)};
    }
    auto owner = tenant::keyOf(database, token);
    if (!owner) return std::nullopt;
    const auto& key = owner->key;
    return Known{owner->organization,
                 {{"key", key.name, key.id.uuid}, key.role, key.scopes, key, {}},
                 key.holdsAt(now)};
}

bool looksLikeAddress(const std::string& text) {
    return !text.empty() && text.size() <= 45 &&
           text.find_first_not_of("0123456789abcdefABCDEF:.") == std::string::npos;
}

bool isInScope(const Caller& caller, const Route& route) {
    const auto area = areaOf(route);
    if (caller.scopes.empty() || area == "me") return true;
    return std::any_of(caller.scopes.begin(), caller.scopes.end(), [&](const auto& scope) {
        const auto end = scope.find(':');
        return (scope.substr(0, end) == "*" || scope.substr(0, end) == area) &&
               (route.method == "GET" || scope.substr(end) == ":write");
    });
}

void mustBeAllowed(const Caller& caller, const Route& route) {
    if (route.peopleOnly && !caller.session)
        throw Refusal{403, "people_only", "This is for people who have signed in, not for keys."};
    if (caller.role < route.least)
        throw Refusal{
            403, "role",
            "This takes the role " + nameOf(route.least) + "; yours is " + nameOf(caller.role) + "."};
    if (route.letsIn && !caller.scopes.empty())
        throw Refusal{403, "scope",
                      "This takes a key without scopes, or a person: whom it lets in has none."};
    if (!isInScope(caller, route))
        throw Refusal{403, "scope",
                      "This takes a key with the scope " + areaOf(route) +
                          (route.method == "GET" ? ":read" : ":write") + "; yours has " +
                          join(caller.scopes, ", ") + "."};
}

/// What lets a page of this origin read the answer. Callers are known by a header that only their own program sets, never by a
/// cookie, so a page that may not read it could not have called in somebody's name either.
void letPageRead(Response& response, const std::string& origin) {
    response.headers.emplace_back("Access-Control-Allow-Origin", origin);
    response.headers.emplace_back(
        "Access-Control-Expose-Headers",
        "ETag, Location, Retry-After, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, X-Request-Id");
    response.headers.emplace_back("Vary", "Origin");
}

/// Those that routes have.
std::string methods() {
    std::set<std::string> all;
    for (const auto& route : routes()) all.insert(route.method);
    return join({all.begin(), all.end()}, ", ");
}

}  // namespace

Api::Api(store::Database& database, const Clock& clock, std::function<void()> wake, const Options& options)
    : database_(database),
      clock_(clock),
      wake_(std::move(wake)),
      proxies_(options.proxies),
      calls_(options.callsPerWindow, kWindow),
      guesses_(options.guessesPerWindow, kWindow),
      forms_(options.formsPerWindow, kWindow),
      passwords_(options.passwordCost),
      signIns_(database, options.throttle),
      issuers_(std::make_unique<Issuers>(options.send ? options.send : [](const net::HttpRequest&) {
          return std::variant<net::HttpResponse, net::HttpError>(
              net::HttpError{net::HttpFailure::notSent, "this program asks no issuers"});
      })),
      longWork_(std::make_unique<LongWork>(kLongWorkAtOnce)),
      means_(std::make_unique<Means>(Means{database, options.vault, passwords_, signIns_, forms_, *issuers_,
                                           *longWork_, options.plugins, options.terms, options.recordingLink})) {}

Api::~Api() = default;

/// What stands left of a proxy's own word may be anybody's.
std::string Api::clientOf(const Request& request) const {
    const auto isProxy = [&](const std::string& address) {
        return std::find(proxies_.begin(), proxies_.end(), address) != proxies_.end();
    };
    auto client = request.client;
    auto said = split(textOf(request.headers, "x-forwarded-for"), ',');
    for (; isProxy(client) && !said.empty(); said.pop_back()) {
        const auto address = std::string(trim(said.back()));
        if (!looksLikeAddress(address)) break;
        client = address;
    }
    return client;
}

bool Api::owns(const std::string& target) {
    const auto path = pathOf(target);
    return path == "/docs" || path == "/v1" || path.starts_with("/v1/");
}

Response Api::answer(const Request& request) {
    const auto given = textOf(request.headers, "x-request-id");
    const auto id = isPlainName(given, 100) ? given : uuid7(clock_.now()).text();
    const log::Context context(Json{{"request", id}});
    Response response;
    try {
        response = found(request);
    } catch (const Refusal& refusal) {
        response = responseTo(refusal);
    } catch (const tenant::TooManyAtOnce&) {
        response = responseTo(
            {503, "busy", "Many people are signing in at this moment; try again.", "", seconds(1)});
    } catch (const store::DatabaseError& error) {
        const bool away = error.failure() == store::Failure::unavailable;
        log::error("api_failed", {{"path", pathOf(request.target)}, {"problem", error.what()}});
        response = responseTo(away ? Refusal{503, "away", "The database is away; try again."}
                                   : Refusal{500, "defect", "This server made a mistake."});
        if (away) response.headers.emplace_back("Retry-After", "5");
    } catch (const std::exception& error) {
        log::error("api_failed", {{"path", pathOf(request.target)}, {"problem", error.what()}});
        response = responseTo({500, "defect", "This server made a mistake."});
    }
    response.headers.emplace_back("X-Request-Id", id);
    response.headers.emplace_back("Cache-Control", "no-store");
    response.headers.emplace_back("X-Content-Type-Options", "nosniff");
    return response;
}

Response Api::preflight(const std::string& origin) {
    Response response{204, "text/plain", ""};
    auto tx = database_.beginShared();
    if (!tx.finish({{sql::api::origin_is_known, {plainText(origin)}}}).front()[0].boolean("known"))
        return response;
    letPageRead(response, origin);
    response.headers.emplace_back("Access-Control-Allow-Methods", methods());
    response.headers.emplace_back(
        "Access-Control-Allow-Headers",
        "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Last-Event-ID, X-Request-Id");
    response.headers.emplace_back("Access-Control-Max-Age", "600");
    return response;
}

Response Api::found(const Request& request) {
    const auto path = pathOf(request.target);
    if (const auto origin = textOf(request.headers, "origin"); request.method == "OPTIONS" && !origin.empty())
        return preflight(origin);
    static const std::string document = toText(openApi()) + "\n", page = docsPage();
    if (path == "/v1/openapi.json" && request.method == "GET") return {200, "application/json", document};
    if (path == "/docs" && request.method == "GET") return {200, "text/html; charset=utf-8", page};

    const auto now = clock_.now();
    const auto wrongKey = [&](const std::string& detail) {
        const auto guesses = guesses_.count(tenant::networkOf(clientOf(request)), now);
        auto response = responseTo(
            guesses.allowed ? Refusal{401, "no_key", detail}
                            : Refusal{429, "too_many_guesses",
                                      "Too many calls without a key that holds came from your address."});
        if (guesses.allowed)
            response.headers.emplace_back("WWW-Authenticate", "Bearer");
        else
            response.headers.emplace_back("Retry-After", std::to_string(guesses.reset.count()));
        return response;
    };
    if (const auto match = matchRoute(request.method, path); match.route != nullptr && match.route->open)
        return opened(request, match, now);
    const auto who = known(database_, means_->vault, tokenOf(request), now);
    if (!who) return wrongKey("Send a key of ours, or a session's token, as `Authorization: Bearer TOKEN`.");
    if (!who->holds) return wrongKey("This key or session has expired or was revoked.");

    const auto limit = calls_.count(who->caller.actor.id->text(), now);
    const auto withLimits = [&](Response response) {
        response.headers.emplace_back("RateLimit-Limit", std::to_string(limit.limit));
        response.headers.emplace_back("RateLimit-Remaining", std::to_string(limit.remaining));
        response.headers.emplace_back("RateLimit-Reset", std::to_string(limit.reset.count()));
        return response;
    };
    if (!limit.allowed) {
        auto response = responseTo({429, "too_many", "You have made all the calls of your 15 minutes."});
        response.headers.emplace_back("Retry-After", std::to_string(limit.reset.count()));
        return withLimits(std::move(response));
    }
    auto response = [&] {
        try {
            return allowed(request, path, who->organization, who->caller, now);
        } catch (const Refusal& refusal) {
            return responseTo(refusal);
        }
    }();
    if (const auto origin = plainText(textOf(request.headers, "origin")); !origin.empty())
        if (const auto rows =
                database_.run(who->organization, sql::api::origin_of, {who->organization, origin});
            !rows.empty() && rows[0].boolean("own"))
            letPageRead(response, origin);
    return withLimits(std::move(response));
}

Response Api::opened(const Request& request, const Match& match, Instant now) {
    auto response = [&]() -> Response {
        try {
            const Origin origin{tenant::networkOf(clientOf(request)),
                                plainText(textOf(request.headers, "user-agent"))};
            OpenCall call{*means_,
                          origin,
                          now,
                          match.ids,
                          readQuery(*match.route, request.target),
                          readBody(*match.route, request),
                          request.headers};
            const auto answer = match.route->open(call);
            if (answer.wakesEngine) wake_();
            return {200, "application/json", toText(answer.document) + "\n"};
        } catch (const Refusal& refusal) {
            return responseTo(refusal);
        }
    }();
    if (const auto page = plainText(textOf(request.headers, "origin")); !page.empty()) {
        auto tx = database_.beginShared();
        if (tx.finish({{sql::api::origin_is_known, {page}}}).front()[0].boolean("known"))
            letPageRead(response, page);
    }
    return response;
}

Response Api::allowed(const Request& request, const std::string& path, const OrganizationId& organization,
                      const Caller& caller, Instant now) {
    auto match = matchRoute(request.method, path);
    if (match.methods.empty()) throw Refusal{404, "not_found", "There is nothing at this address."};
    if (match.route == nullptr) {
        auto response = responseTo({405, "method", "It takes " + join(match.methods, " or ") + "."});
        response.headers.emplace_back("Allow", join(match.methods, ", "));
        return response;
    }
    const auto& route = *match.route;
    mustBeAllowed(caller, route);
    auto query = readQuery(route, request.target);
    auto body = readBody(route, request);
    auto tx = database_.begin(organization);
    const Origin origin{tenant::networkOf(clientOf(request)),
                        plainText(textOf(request.headers, "user-agent"))};
    Call call{database_,
              tx,
              organization,
              caller,
              *means_,
              origin,
              now,
              std::move(match.ids),
              std::move(query),
              std::move(body),
              textOf(request.headers, "if-match"),
              &request};
    const bool acts = route.method != "GET";
    const auto name = acts ? textOf(request.headers, "idempotency-key") : std::string();
    if (!name.empty())
        if (auto before = answeredBefore(call, request, name)) return *before;
    const auto answer = route.handler(call);
    Response response{route.status, "application/json", toText(answer.document) + "\n"};
    if (!name.empty())
        tx.queue(sql::api::keep_answer, {organization, caller.actor.id, name, response.status,
                                         answer.secret ? std::string() : response.body});
    if (acts) tenant::audit(tx, organization, caller.actor, route.operation, path, answer.audited, now);
    tx.commit();
    if (answer.wakesEngine) wake_();
    sayWhere(response, answer.document);
    response.stream = answer.stream;
    if (!answer.tag.empty()) {
        response.headers.emplace_back("ETag", "\"" + answer.tag + "\"");
        if (!acts && textOf(request.headers, "if-none-match") == "\"" + answer.tag + "\"")
            return {304, "application/json", "", std::move(response.headers)};
    }
    return response;
}

}  // namespace overture::api
