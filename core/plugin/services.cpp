#include "plugin/services.hpp"

#include <overture/host_clock.h>
#include <overture/host_http.h>
#include <overture/host_http_stream.h>
#include <overture/host_log.h>
#include <overture/host_oauth2.h>
#include <overture/host_secret.h>

#include <algorithm>

#include "base/log.hpp"
#include "base/text.hpp"
#include "plugin/sockets.hpp"

namespace overture::plugin {
namespace {

HostTable& self(const overture_host_t* host) {
    return *static_cast<HostTable*>(host->context);
}
std::string stringOf(overture_text_t text) {
    return text.size == 0 ? std::string() : std::string(text.data, text.size);
}
overture_text_t textFor(std::string_view text) {
    return {text.data(), text.size()};
}

net::HttpRequest requestOf(const overture_http_request_t& asked) {
    net::HttpRequest request{stringOf(asked.method),
                             stringOf(asked.url),
                             {},
                             stringOf(asked.body),
                             milliseconds(asked.deadline_ms)};
    for (std::size_t i = 0; i < asked.header_count; ++i)
        request.headers.emplace_back(stringOf(asked.headers[i].name), stringOf(asked.headers[i].value));
    return request;
}

void record(const HostTable& host, const net::HttpRequest& request, const Recorder::Result& result) {
    if (host.recorder() == nullptr) return;
    host.recorder()->write(host.services().clock.now(), request, result, host.everySecret());
}

std::int32_t fail(const overture_http_answer_t* answer, net::HttpFailure failure,
                  const std::string& message) {
    answer->failed(answer, textFor(message));
    return failure == net::HttpFailure::notSent ? OVERTURE_HTTP_NOT_SENT : OVERTURE_HTTP_UNKNOWN;
}

std::int32_t send(const overture_host_t* host, const overture_http_request_t* asked,
                  const overture_http_answer_t* answer) try {
    const auto request = requestOf(*asked);
    const auto result = self(host).services().http.send(request);
    record(self(host), request, result);
    if (const auto* error = std::get_if<net::HttpError>(&result))
        return fail(answer, error->failure, error->message);
    const auto& response = std::get<net::HttpResponse>(result);
    answer->status(answer, response.status);
    for (const auto& [name, value] : response.headers) answer->header(answer, textFor(name), textFor(value));
    answer->body(answer, textFor(response.body));
    return OVERTURE_HTTP_ANSWERED;
} catch (const std::exception& error) {
    return fail(answer, net::HttpFailure::unknown, error.what());
}

std::int32_t streamResult(net::HttpFailure failure) {
    switch (failure) {
        case net::HttpFailure::notSent: return OVERTURE_HTTP_NOT_SENT;
        case net::HttpFailure::late: return OVERTURE_HTTP_LATE;
        case net::HttpFailure::stopped: return OVERTURE_HTTP_STOPPED;
        case net::HttpFailure::unknown: break;
    }
    return OVERTURE_HTTP_UNKNOWN;
}

std::int32_t sendStreamed(const overture_host_t* host, const overture_http_request_t* asked,
                          std::int64_t patience, const overture_http_stream_t* stream) try {
    auto request = requestOf(*asked);
    net::HttpResponse heard;
    const bool recorded = self(host).recorder() != nullptr;
    const net::Streaming streaming{milliseconds(patience),
                                   [&](const net::HttpResponse& head) {
                                       if (recorded) heard = head;
                                       stream->status(stream, head.status);
                                       for (const auto& [name, value] : head.headers)
                                           stream->header(stream, textFor(name), textFor(value));
                                   },
                                   [&](std::string_view bytes) {
                                       if (recorded) heard.body += bytes;
                                       const auto said = stream->piece(stream, textFor(bytes));
                                       return said == OVERTURE_HTTP_STOP     ? net::Piece::stop
                                              : said == OVERTURE_HTTP_USEFUL ? net::Piece::useful
                                                                             : net::Piece::wait;
                                   }};
    request.streaming = &streaming;
    const auto result = self(host).services().http.send(request);
    const auto* error = std::get_if<net::HttpError>(&result);
    const bool enough = error == nullptr || error->failure == net::HttpFailure::stopped;
    record(self(host), request, enough ? Recorder::Result(heard) : result);
    if (error == nullptr) return OVERTURE_HTTP_ANSWERED;
    if (error->failure != net::HttpFailure::stopped) stream->failed(stream, textFor(error->message));
    return streamResult(error->failure);
} catch (const std::exception& error) {
    stream->failed(stream, textFor(error.what()));
    return OVERTURE_HTTP_UNKNOWN;
}

void write(const overture_host_t* host, std::int32_t level, overture_text_t line) try {
    const auto bounded =
        static_cast<log::Level>(std::clamp<std::int32_t>(level, OVERTURE_LOG_DEBUG, OVERTURE_LOG_ERROR));
    log::write(bounded, "plugin", {{"plugin", self(host).plugin()}, {"line", stringOf(line)}});
} catch (const std::exception& error) {
    log::error(
        "plugin",
        {{"plugin", self(host).plugin()}, {"line", "a line could not be logged"}, {"error", error.what()}});
}

std::int64_t now(const overture_host_t* host) {
    return self(host).services().clock.now().time_since_epoch().count();
}

std::int32_t secret(const overture_host_t* host, overture_text_t name, const overture_sink_t* value) {
    const auto& secrets = self(host).secrets();
    const auto found = secrets.find(stringOf(name));
    if (found == secrets.end()) return 0;
    value->put(value->context, textFor(found->second));
    return 1;
}

TokenRequest tokenRequestOf(const overture_oauth2_request_t& asked) {
    TokenRequest request{asked.grant == OVERTURE_OAUTH2_REFRESH_TOKEN,
                         asked.client == OVERTURE_OAUTH2_IN_BODY,
                         stringOf(asked.token_url),
                         stringOf(asked.client_id),
                         stringOf(asked.client_secret),
                         stringOf(asked.refresh_token),
                         stringOf(asked.scope)};
    for (std::size_t i = 0; i < asked.field_count; ++i)
        request.fields.emplace_back(stringOf(asked.fields[i].name), stringOf(asked.fields[i].value));
    request.refused = stringOf(asked.refused);
    request.deadline = milliseconds(asked.deadline_ms);
    return request;
}

overture_outcome_t token(const overture_host_t* host, const overture_oauth2_request_t* asked,
                         const overture_sink_t* into, const overture_reply_t* why) try {
    const auto reply = self(host).tokens().token(tokenRequestOf(*asked));
    if (reply.ok()) {
        const auto text = reply.document.get<std::string>();
        into->put(into->context, textFor(text));
        return OVERTURE_OK;
    }
    why->problem(why, textFor(reply.code), textFor(reply.message));
    if (reply.retryAfter) why->retry_after(why, reply.retryAfter->count());
    return static_cast<overture_outcome_t>(reply.outcome);
} catch (const std::exception& error) {
    why->problem(why, {nullptr, 0}, textFor(error.what()));
    return OVERTURE_TRANSIENT;
}

const void* service(const overture_host_t*, const char* id) {
    static constexpr overture_host_http_t http{sizeof(overture_host_http_t), send};
    static constexpr overture_host_http_stream_t stream{sizeof(overture_host_http_stream_t), sendStreamed};
    static constexpr overture_host_log_t log{sizeof(overture_host_log_t), write};
    static constexpr overture_host_clock_t clock{sizeof(overture_host_clock_t), now};
    static constexpr overture_host_secret_t secrets{sizeof(overture_host_secret_t), secret};
    static constexpr overture_host_oauth2_t oauth2{sizeof(overture_host_oauth2_t), token};
    const std::string_view name = id == nullptr ? "" : id;
    if (name == OVERTURE_HOST_HTTP) return &http;
    if (name == OVERTURE_HOST_HTTP_STREAM) return &stream;
    if (name == OVERTURE_HOST_LOG) return &log;
    if (name == OVERTURE_HOST_CLOCK) return &clock;
    if (name == OVERTURE_HOST_SECRET) return &secrets;
    if (name == OVERTURE_HOST_OAUTH2) return &oauth2;
    if (name == OVERTURE_HOST_WEBSOCKET) return &webSocketService();
    return nullptr;
}

}  // namespace

HostTable::HostTable(const Services& services, std::string plugin, Secrets secrets, const Terms& terms)
    : services_(services),
      plugin_(std::move(plugin)),
      secrets_(std::move(secrets)),
      tokens_(services_, plugin_, secrets_, terms.keeper),
      recorder_(terms.recorder),
      table_{sizeof(overture_host_t), OVERTURE_ABI_MAJOR, OVERTURE_ABI_MINOR, this, service} {}

std::vector<std::string> HostTable::everySecret() const {
    auto all = tokens_.known();
    for (const auto& [name, value] : secrets_) all.push_back(value);
    return all;
}

}  // namespace overture::plugin
