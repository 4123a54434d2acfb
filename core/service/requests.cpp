#include "service/requests.hpp"

#include <Poco/DeflatingStream.h>
#include <Poco/Net/HTTPServerRequestImpl.h>
#include <Poco/Net/HTTPServerSession.h>

#include <algorithm>
#include <chrono>
#include <sstream>
#include <variant>

#include "base/digest.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"
#include "base/text.hpp"
#include "net/frames.hpp"
#include "queries/service.hpp"
#include "service/unsubscribing.hpp"
#include "store/migrations.hpp"

namespace overture::service {
namespace {

using Poco::Net::HTTPServerRequest;
using Poco::Net::HTTPServerResponse;

constexpr const char* kHooks = "/hooks/";
constexpr const char* kRetryAfter = "5";     // seconds
constexpr std::size_t kWorthPacking = 1024;  // bytes
constexpr std::size_t kMostDiscarded = 16;   // times the largest body

std::string pathOf(const HTTPServerRequest& request) {
    return split(request.getURI(), '?').front();
}

void send(HTTPServerResponse& response, const HttpAnswer& answer) {
    response.setStatusAndReason(static_cast<Poco::Net::HTTPResponse::HTTPStatus>(answer.status));
    response.setContentType(answer.contentType);
    if (answer.status == 503) response.set("Retry-After", kRetryAfter);
    response.sendBuffer(answer.body.data(), answer.body.size());
}

/// A header that comes twice is one header with both values.
Json headersOf(const HTTPServerRequest& request) {
    Json headers = Json::object();
    for (const auto& [name, value] : request) {
        auto& kept = headers[name];
        kept = kept.is_null() ? value : kept.get<std::string>() + ", " + value;
    }
    return headers;
}

using Deadline = std::chrono::steady_clock::time_point;

/// The next packet's bytes, one packet at a time so that a deadline can be looked at between two; empty at the end.
std::string packetOf(std::istream& stream) {
    char first;
    if (!stream.get(first)) return {};
    std::string packet(1 + static_cast<std::size_t>(std::max<std::streamsize>(stream.rdbuf()->in_avail(), 0)),
                       first);
    stream.read(packet.data() + 1, static_cast<std::streamsize>(packet.size() - 1));
    return packet;
}

/// A client that still writes when the connection closes never reads its answer, so what is not too much is read.
void discard(std::istream& stream, std::size_t most, Deadline until) {
    for (std::size_t read = 0; read < most && std::chrono::steady_clock::now() < until;) {
        const auto packet = packetOf(stream);
        if (packet.empty()) return;
        read += packet.size();
    }
}

/// The body, or the answer to one that is too large or too slow.
std::variant<std::string, HttpAnswer> bodyOf(HTTPServerRequest& request, const Site& site) {
    // Neither a length nor chunks: there is no body (RFC 9112, 6.3), and nothing to wait for.
    if (!request.hasContentLength() && !request.getChunkedTransferEncoding()) return std::string();
    const auto until = std::chrono::steady_clock::now() + site.timeout;
    auto& stream = request.stream();
    const auto tooLarge = [&] {
        discard(stream, kMostDiscarded * site.largestBody, until);
        return HttpAnswer{413, "text/plain", "more than " + std::to_string(site.largestBody) + " bytes\n"};
    };
    if (request.hasContentLength() &&
        request.getContentLength64() > static_cast<Poco::Int64>(site.largestBody))
        return tooLarge();
    std::string body;
    for (auto packet = packetOf(stream); !packet.empty(); packet = packetOf(stream)) {
        body += packet;
        if (body.size() > site.largestBody) return tooLarge();
        if (std::chrono::steady_clock::now() > until) return HttpAnswer{408, "text/plain", "too slow\n"};
    }
    if (request.hasContentLength() && static_cast<Poco::Int64>(body.size()) < request.getContentLength64())
        return HttpAnswer{400, "text/plain", "the body ended early\n"};
    return body;
}

HttpAnswer ready(const Site& site) {
    try {
        const auto all = store::migrationStatus(site.database);
        const auto missing =
            std::count_if(all.begin(), all.end(), [](const auto& one) { return !one.applied; });
        if (missing == 0) return {200, "text/plain", "ready\n"};
        return {503, "text/plain",
                std::to_string(missing) + " migrations are missing: overture db migrate\n"};
    } catch (const Error& error) {
        log::warning("not_ready", {{"problem", error.what()}});
        return {503, "text/plain", "the database does not answer as it should\n"};
    }
}

HttpAnswer hook(HTTPServerRequest& request, const Site& site) {
    const auto method = request.getMethod();
    if (method != "POST" && method != "GET") return {405, "text/plain", "POST or GET\n"};
    const auto binding = BindingId::parse(pathOf(request).substr(std::string_view(kHooks).size()));
    if (!binding) return {404, "text/plain", "there is no such binding\n"};
    auto body = bodyOf(request, site);
    if (auto* refusal = std::get_if<HttpAnswer>(&body)) return *refusal;
    return site.intake.receive({*binding, method, site.publicUrl + request.getURI(), headersOf(request),
                                std::get<std::string>(body), site.clock.now()});
}

/// What waits in the database, for all engines.
void readQueues(const Site& site) {
    constexpr int kMost = 100000;
    const auto now = site.clock.now();
    auto tx = site.database.beginShared();
    const auto rows = tx.run(sql::service::figures, {now, kMost});
    tx.commit();
    for (const auto row : rows) {
        const auto queue = row.text("queue");
        const auto waiting = static_cast<double>(row.integer("waiting"));
        if (queue == "budgets_used") {
            metrics::set("overture_budgets_nearly_used", {}, waiting);
            continue;
        }
        const auto oldest = row.maybeInstant("oldest");
        metrics::set("overture_queue_length", {{"queue", queue}}, waiting);
        metrics::set("overture_queue_oldest_seconds", {{"queue", queue}},
                     oldest ? std::chrono::duration<double>(now - *oldest).count() : 0);
    }
}

/// For whoever has the token; there is nothing here for anybody else. Digests are compared, so that time tells nothing.
HttpAnswer figures(const HTTPServerRequest& request, const Site& site) {
    const auto given = request.get("Authorization", "");
    if (site.metricsToken.empty() || sha256(given) != sha256("Bearer " + site.metricsToken))
        return {404, "text/plain", "there is nothing here\n"};
    try {
        readQueues(site);
    } catch (const Error& error) {
        log::warning("figures_not_read", {{"problem", error.what()}});
    }
    return {200, "text/plain; version=0.0.4", metrics::exposition()};
}

HttpAnswer answerTo(HTTPServerRequest& request, const Site& site) {
    const auto path = pathOf(request);
    if (path == "/healthz") return {200, "text/plain", "alive\n"};
    if (path == "/readyz") return ready(site);
    if (path == "/metrics") return figures(request, site);
    if (path.starts_with(kHooks)) return hook(request, site);
    if (site.unsubscribing != nullptr && path.starts_with(Unsubscribing::kPath))
        return site.unsubscribing->answer(request.getMethod(), path);
    return {404, "text/plain", "there is nothing here\n"};
}

/// As `headersOf`, with names in lower case.
Json lowerHeadersOf(const HTTPServerRequest& request) {
    const auto given = headersOf(request);
    Json headers = Json::object();
    for (const auto& [name, value] : given.items()) headers[lowerAscii(name)] = value;
    return headers;
}

/// "br, gzip;q=0.8" does, "gzip;q=0" does not.
bool takesGzip(const HTTPServerRequest& request) {
    for (const auto& one : split(lowerAscii(request.get("Accept-Encoding", "")), ',')) {
        const auto parts = split(one, ';');
        if (trim(parts[0]) != "gzip") continue;
        const auto weight = parts.size() > 1 ? std::string(trim(parts[1])) : "q=1";
        return !weight.starts_with("q=0") || weight.find_first_of("123456789") != std::string::npos;
    }
    return false;
}

std::string gzipped(const std::string& body) {
    std::ostringstream out;
    Poco::DeflatingOutputStream stream(out, Poco::DeflatingStreamBuf::STREAM_GZIP);
    stream << body;
    stream.close();
    return out.str();
}

constexpr std::string_view kTokenProtocol = "bearer.";

/// A browser's WebSocket sends no headers of the page's choice: its token may come as a subprotocol.
void takeTokenFromProtocol(Json& headers) {
    if (headers.contains("authorization")) return;
    for (const auto& protocol : split(textOf(headers, "sec-websocket-protocol"), ','))
        if (trim(protocol).starts_with(kTokenProtocol))
            headers["authorization"] = "Bearer " + std::string(trim(protocol).substr(kTokenProtocol.size()));
}

std::string headOf(int status, std::string_view reason,
                   const std::vector<std::pair<std::string, std::string>>& fields) {
    auto head = "HTTP/1.1 " + std::to_string(status) + " " + std::string(reason) + "\r\n";
    for (const auto& [name, value] : fields) head += name + ": " + value + "\r\n";
    return head + "\r\n";
}

/// The head of a WebSocket's beginning, or the answer to a request that cannot become one.
std::variant<std::string, HttpAnswer> handshake(const Json& headers) {
    if (textOf(headers, "sec-websocket-version") != "13")
        return HttpAnswer{426, "text/plain", "Sec-WebSocket-Version must be 13\n"};
    const auto accept = net::acceptFor(textOf(headers, "sec-websocket-key"));
    if (accept.empty() || lowerAscii(textOf(headers, "connection")).find("upgrade") == std::string::npos)
        return HttpAnswer{400, "text/plain", "this is no handshake of a WebSocket (RFC 6455)\n"};
    std::vector<std::pair<std::string, std::string>> fields{
        {"Upgrade", "websocket"}, {"Connection", "Upgrade"}, {"Sec-WebSocket-Accept", accept}};
    for (const auto& protocol : split(textOf(headers, "sec-websocket-protocol"), ','))
        if (trim(protocol) == "overture") fields.emplace_back("Sec-WebSocket-Protocol", "overture");
    return headOf(101, "Switching Protocols", fields);
}

/// Takes the connection over: from here on it belongs to those who listen.
void keepOpen(HTTPServerRequest& request, HTTPServerResponse& response, const Site& site, const Json& headers,
              const api::Response& answer) {
    Live::Listener listener{*answer.stream, lowerAscii(textOf(headers, "upgrade")) == "websocket",
                            textOf(headers, "authorization"),
                            headOf(200, "OK",
                                   {{"Content-Type", "text/event-stream"},
                                    {"Cache-Control", "no-store"},
                                    {"X-Accel-Buffering", "no"},
                                    {"Connection", "close"}}) +
                                "retry: 2000\n\n"};
    if (listener.webSocket) {
        auto begun = handshake(headers);
        if (auto* refusal = std::get_if<HttpAnswer>(&begun)) {
            if (refusal->status == 426) response.set("Sec-WebSocket-Version", "13");
            response.setKeepAlive(false);
            return send(response, *refusal);
        }
        listener.head = std::get<std::string>(begun);
    }
    if (!site.live.admit(listener.stream.organization)) {
        response.setKeepAlive(false);
        return send(response,
                    {503, "text/plain", "this server has all the listeners it can take; try again\n"});
    }
    auto& session = static_cast<Poco::Net::HTTPServerRequestImpl&>(request).session();
    Poco::Buffer<char> early(0);
    session.drainBuffer(early);
    listener.read.assign(early.begin(), early.size());
    if (listener.webSocket) response.setStatus(HTTPServerResponse::HTTP_SWITCHING_PROTOCOLS);
    site.live.listen(static_cast<Poco::Net::HTTPServerRequestImpl&>(request).detachSocket(),
                     std::move(listener));
}

void answerApi(HTTPServerRequest& request, HTTPServerResponse& response, const Site& site) {
    auto body = bodyOf(request, site);
    if (auto* refusal = std::get_if<HttpAnswer>(&body)) {
        response.setKeepAlive(false);
        return send(response, *refusal);
    }
    auto headers = lowerHeadersOf(request);
    takeTokenFromProtocol(headers);
    auto answer = site.api.answer({request.getMethod(), request.getURI(), headers,
                                   std::get<std::string>(body), request.clientAddress().host().toString()});
    if (answer.stream) return keepOpen(request, response, site, headers, answer);
    response.setStatusAndReason(static_cast<Poco::Net::HTTPResponse::HTTPStatus>(answer.status));
    response.setContentType(answer.contentType);
    for (const auto& [name, value] : answer.headers) response.set(name, value);
    if (answer.body.size() > kWorthPacking && takesGzip(request)) {
        answer.body = gzipped(answer.body);
        response.set("Content-Encoding", "gzip");
        const auto before = response.get("Vary", "");
        response.set("Vary", before.empty() ? "Accept-Encoding" : before + ", Accept-Encoding");
    }
    response.sendBuffer(answer.body.data(), answer.body.size());
}

/// The sound of a call: its socket belongs to the calls from here on. Which call it is, its first message says with a token.
void answerMedia(HTTPServerRequest& request, HTTPServerResponse& response, const Site& site) {
    const auto refuse = [&](const HttpAnswer& answer) {
        response.setKeepAlive(false);
        send(response, answer);
    };
    const auto binding = BindingId::parse(pathOf(request).substr(std::string_view(Calls::kPath).size()));
    const auto organization = binding ? site.calls->ownerOf(*binding) : std::nullopt;
    if (!organization) return refuse({404, "text/plain", "there is no such binding\n"});
    auto begun = handshake(lowerHeadersOf(request));
    if (auto* refusal = std::get_if<HttpAnswer>(&begun)) return refuse(*refusal);
    auto& whole = static_cast<Poco::Net::HTTPServerRequestImpl&>(request);
    Poco::Buffer<char> early(0);
    whole.session().drainBuffer(early);
    response.setStatus(HTTPServerResponse::HTTP_SWITCHING_PROTOCOLS);
    site.calls->take(whole.detachSocket(), *organization, *binding, std::get<std::string>(begun),
                     std::string(early.begin(), early.size()));
}

/// A carrier asks what is to be said in a call: its turn answers, piece by piece.
void answerWords(HTTPServerRequest& request, HTTPServerResponse& response, const Site& site) {
    const auto refuse = [&](const HttpAnswer& answer) {
        response.setKeepAlive(false);
        send(response, answer);
    };
    if (request.getMethod() != "POST") return refuse({405, "text/plain", "POST\n"});
    const auto rest = pathOf(request).substr(std::string_view(Calls::kAskPath).size());
    const auto binding = BindingId::parse(rest.substr(0, rest.find('/')));
    const auto organization = binding ? site.calls->ownerOf(*binding) : std::nullopt;
    if (!organization) return refuse({404, "text/plain", "there is no such binding\n"});
    auto body = bodyOf(request, site);
    if (auto* refusal = std::get_if<HttpAnswer>(&body)) return refuse(*refusal);
    const auto refusal = site.calls->ask(
        *organization, *binding,
        {{"method", "POST"},
         {"url", site.publicUrl + request.getURI()},
         {"headers", headersOf(request)},
         {"body_base64", toBase64(std::get<std::string>(body))}},
        [&] { return static_cast<Poco::Net::HTTPServerRequestImpl&>(request).detachSocket(); });
    if (refusal) refuse(*refusal);
}

/// A recording, by one of our own links: all of it, or the bytes asked for.
void answerListening(const HTTPServerRequest& request, HTTPServerResponse& response, const Site& site) {
    response.setKeepAlive(false);
    response.set("Cache-Control", "no-store");
    response.set("X-Content-Type-Options", "nosniff");
    const auto method = request.getMethod();
    if (method != "GET" && method != "HEAD") return send(response, {405, "text/plain", "GET or HEAD\n"});
    const auto found = site.recordings->listen(pathOf(request), request.get("Range", ""));
    const auto whole = "/" + std::to_string(found.whole);
    if (found.status == 416) response.set("Content-Range", "bytes *" + whole);
    if (!found.read) return send(response, {found.status, "text/plain", found.words + "\n"});
    response.setStatusAndReason(static_cast<Poco::Net::HTTPResponse::HTTPStatus>(found.status));
    response.setContentType("audio/wav");
    response.setContentLength64(found.bytes);
    response.set("Accept-Ranges", "bytes");
    if (found.status == 206)
        response.set("Content-Range", "bytes " + std::to_string(found.from) + "-" +
                                          std::to_string(found.from + found.bytes - 1) + whole);
    auto& stream = response.send();
    if (method == "HEAD") return;
    const bool all = found.read([&](std::string_view piece) {
        stream.write(piece.data(), static_cast<std::streamsize>(piece.size()));
        return stream.good();
    });
    if (!all) log::warning("recording_cut", {{"bytes", found.bytes}});
}

void answerOne(HTTPServerRequest& request, HTTPServerResponse& response, const Site& site) {
    HttpAnswer answer;
    try {
        if (site.calls != nullptr && pathOf(request).starts_with(Calls::kPath))
            return answerMedia(request, response, site);
        if (site.calls != nullptr && pathOf(request).starts_with(Calls::kAskPath))
            return answerWords(request, response, site);
        if (site.recordings != nullptr && pathOf(request).starts_with(Recordings::kPath))
            return answerListening(request, response, site);
        if (api::Api::owns(request.getURI())) return answerApi(request, response, site);
        answer = answerTo(request, site);
    } catch (const std::exception& error) {
        log::error("request_failed", {{"path", pathOf(request)}, {"problem", error.what()}});
        answer = {500, "text/plain", "this server made a mistake\n"};
    }
    // What was not read of the body would be taken for the next request.
    if (answer.status >= 400 || !pathOf(request).starts_with(kHooks)) response.setKeepAlive(false);
    send(response, answer);
}

}  // namespace

void answerRequest(HTTPServerRequest& request, HTTPServerResponse& response, const Site& site) {
    const auto begun = std::chrono::steady_clock::now();
    answerOne(request, response, site);
    metrics::observe("overture_http_request_duration_seconds",
                     {{"status", std::to_string(static_cast<int>(response.getStatus()))}},
                     std::chrono::steady_clock::now() - begun);
}

}  // namespace overture::service
