#include "api/api.hpp"

#include <algorithm>

#include "api/reading.hpp"
#include "base/digest.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "queries/api.hpp"

namespace overture::api {
namespace {

constexpr seconds kWindow{15 * 60};
constexpr seconds kAnswersKept{24 * 3600};
constexpr std::size_t kLongestIdempotencyKey = 200;

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
        case 412: return "Precondition Failed";
        case 415: return "Unsupported Media Type";
        case 422: return "Unprocessable Content";
        case 429: return "Too Many Requests";
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
    return {refusal.status, "application/problem+json", toText(problem) + "\n"};
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

/// The answer that a call with the same Idempotency-Key was given, after this one has its place beside it.
std::optional<Response> answeredBefore(Call& call, const Request& request, const std::string& name) {
    if (!isPlainName(name, kLongestIdempotencyKey))
        throw Refusal{400, "invalid", "It has up to 200 visible ASCII characters.", "Idempotency-Key"};
    const auto hash = toHex(sha256(request.method + " " + request.target + "\n" + request.body));
    call.tx.queue(sql::api::forget_answers, {call.organization, call.key.id, call.now - kAnswersKept});
    if (call.tx.run(sql::api::begin_answer, {call.organization, call.key.id, name, hash, call.now})
            .affected() > 0)
        return std::nullopt;
    const auto rows = call.tx.run(sql::api::kept_answer, {call.organization, call.key.id, name});
    if (rows.empty())
        throw Refusal{409, "at_work", "A call with this key is at work; try again.", "Idempotency-Key"};
    if (rows[0].text("request_hash") != hash)
        throw Refusal{422, "key_reused", "Another call was made with this key.", "Idempotency-Key"};
    if (rows[0].text("answer").empty())
        throw Refusal{409, "shown_once", "It was done; its answer is shown once and kept nowhere.",
                      "Idempotency-Key"};
    return Response{static_cast<int>(rows[0].integer("status")),
                    "application/json",
                    rows[0].text("answer"),
                    {{"Idempotency-Replayed", "true"}}};
}

}  // namespace

Api::Api(store::Database& database, const Clock& clock, std::function<void()> wake, const Options& options)
    : database_(database),
      clock_(clock),
      wake_(std::move(wake)),
      calls_(options.callsPerWindow, kWindow),
      guesses_(options.guessesPerWindow, kWindow) {}

bool Api::owns(const std::string& target) {
    const auto path = pathOf(target);
    return path == "/docs" || path == "/v1" || path.starts_with("/v1/");
}

Response Api::answer(const Request& request) {
    const auto given = textOf(request.headers, "x-request-id");
    const auto id = isPlainName(given, 100) ? given : uuid7(clock_.now()).text();
    Response response;
    try {
        response = found(request);
    } catch (const Refusal& refusal) {
        response = responseTo(refusal);
    } catch (const store::DatabaseError& error) {
        const bool away = error.failure() == store::Failure::unavailable;
        log::error("api_failed",
                   {{"request", id}, {"path", pathOf(request.target)}, {"problem", error.what()}});
        response = responseTo(away ? Refusal{503, "away", "The database is away; try again."}
                                   : Refusal{500, "defect", "This server made a mistake."});
        if (away) response.headers.emplace_back("Retry-After", "5");
    } catch (const std::exception& error) {
        log::error("api_failed",
                   {{"request", id}, {"path", pathOf(request.target)}, {"problem", error.what()}});
        response = responseTo({500, "defect", "This server made a mistake."});
    }
    response.headers.emplace_back("X-Request-Id", id);
    response.headers.emplace_back("Cache-Control", "no-store");
    response.headers.emplace_back("X-Content-Type-Options", "nosniff");
    return response;
}

Response Api::found(const Request& request) {
    const auto path = pathOf(request.target);
    if (path == "/v1/openapi.json" && request.method == "GET")
        return {200, "application/json", toText(openApi()) + "\n"};
    if (path == "/docs" && request.method == "GET") return {200, "text/html; charset=utf-8", docsPage()};

    const auto now = clock_.now();
    const auto wrongKey = [&](const std::string& detail) {
        const auto guesses = guesses_.count(request.client, now);
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
    const auto owner = tenant::keyOf(database_, tokenOf(request));
    if (!owner) return wrongKey("Send a key of ours as `Authorization: Bearer TOKEN`.");
    if (!owner->key.holdsAt(now)) return wrongKey("This key has expired or was revoked.");

    const auto limit = calls_.count(owner->key.id.text(), now);
    const auto withLimits = [&](Response response) {
        response.headers.emplace_back("RateLimit-Limit", std::to_string(limit.limit));
        response.headers.emplace_back("RateLimit-Remaining", std::to_string(limit.remaining));
        response.headers.emplace_back("RateLimit-Reset", std::to_string(limit.reset.count()));
        return response;
    };
    if (!limit.allowed) {
        auto response = responseTo({429, "too_many", "This key has made all the calls of its 15 minutes."});
        response.headers.emplace_back("Retry-After", std::to_string(limit.reset.count()));
        return withLimits(std::move(response));
    }
    try {
        return withLimits(allowed(request, path, *owner, now));
    } catch (const Refusal& refusal) {
        return withLimits(responseTo(refusal));
    }
}

Response Api::allowed(const Request& request, const std::string& path, const tenant::KeyOwner& owner,
                      Instant now) {
    auto match = matchRoute(request.method, path);
    if (match.methods.empty()) throw Refusal{404, "not_found", "There is nothing at this address."};
    if (match.route == nullptr) {
        auto response = responseTo({405, "method", "It takes " + join(match.methods, " or ") + "."});
        response.headers.emplace_back("Allow", join(match.methods, ", "));
        return response;
    }
    const auto& route = *match.route;
    if (owner.key.role < route.least)
        throw Refusal{403, "role",
                      "This takes a key with the role " + nameOf(route.least) + "; yours is " +
                          nameOf(owner.key.role) + "."};
    auto query = readQuery(route, request.target);
    auto body = readBody(route, request);
    auto tx = database_.begin(owner.organization);
    Call call{database_,
              tx,
              owner.organization,
              owner.key,
              now,
              std::move(match.ids),
              std::move(query),
              std::move(body),
              textOf(request.headers, "if-match")};
    const bool acts = route.method != "GET";
    const auto name = acts ? textOf(request.headers, "idempotency-key") : std::string();
    if (!name.empty())
        if (auto before = answeredBefore(call, request, name)) return *before;
    const auto answer = route.handler(call);
    Response response{200, "application/json", toText(answer.document) + "\n"};
    if (!name.empty())
        tx.queue(sql::api::keep_answer, {owner.organization, owner.key.id, name, response.status,
                                         answer.secret ? std::string() : response.body});
    if (acts)
        tx.queue(sql::api::insert_audit, {owner.organization, uuid7(now), now, owner.key.name,
                                          route.operation, path, answer.audited});
    tx.commit();
    if (answer.wakesEngine) wake_();
    if (!answer.tag.empty()) {
        response.headers.emplace_back("ETag", "\"" + answer.tag + "\"");
        if (!acts && textOf(request.headers, "if-none-match") == "\"" + answer.tag + "\"")
            return {304, "application/json", "", std::move(response.headers)};
    }
    return response;
}

}  // namespace overture::api
