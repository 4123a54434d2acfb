// The bodies of fake_host.hpp.
#pragma once

#include "overture/bytes.hpp"

namespace overture::testing {

inline FakeHost::FakeHost()
    : table_{sizeof(overture_host_t), OVERTURE_ABI_MAJOR, OVERTURE_ABI_MINOR, this, &FakeHost::service} {}

inline void FakeHost::answer(int status, std::string body,
                             std::vector<std::pair<std::string, std::string>> headers) {
    std::scoped_lock lock(mutex_);
    answers_.push_back({true, true, status, std::move(headers), std::move(body), {}});
}

inline void FakeHost::failNotSent(std::string error) {
    std::scoped_lock lock(mutex_);
    answers_.push_back({false, false, 0, {}, {}, std::move(error)});
}

inline void FakeHost::failUnknown(std::string error) {
    std::scoped_lock lock(mutex_);
    answers_.push_back({true, false, 0, {}, {}, std::move(error)});
}

inline void FakeHost::stall(std::vector<std::string> pieces, std::string contentType) {
    std::scoped_lock lock(mutex_);
    HttpAnswer answer{true, false, 200, {}, {}, "nothing more came"};
    answer.headers.emplace_back("Content-Type", std::move(contentType));
    answer.late = true;
    answers_.push_back(std::move(answer));
    stalled_.push_back(std::move(pieces));
}

inline void FakeHost::answerWith(std::function<HttpAnswer(const HttpRequest&)> handler) {
    std::scoped_lock lock(mutex_);
    handler_ = std::move(handler);
}

inline void FakeHost::play(const std::string& path) {
    std::ifstream file(path);
    if (!file) throw std::runtime_error("there is no recording " + path);
    std::scoped_lock lock(mutex_);
    for (std::string line; std::getline(file, line);) {
        const auto exchange = Json::parse(line, nullptr, false);
        if (!exchange.is_object() || !exchange.contains("request"))
            throw std::runtime_error(path + " is no recording, or an exchange was taken out of it");
        if (exchange["request"].at("method") == "WEBSOCKET") continue;  // tests play those themselves
        const auto url = exchange["request"].at("url").get<std::string>();
        played_.push_back(exchange["request"].at("method").get<std::string>() + " " +
                          url.substr(0, url.find('?')));
        const auto failed = exchange.value("failed", "");
        if (!failed.empty()) {
            answers_.push_back({failed != "not_sent", false, 0, {}, {}, exchange.value("why", "")});
            answers_.back().late = failed == "late";
            if (failed == "late") stalled_.emplace_back();
            continue;
        }
        const auto& answer = exchange.at("answer");
        HttpAnswer made{true, true, answer.at("status").get<int>(), {}, {}, {}};
        for (const auto& header : answer.at("headers"))
            made.headers.emplace_back(header.at(0).get<std::string>(), header.at(1).get<std::string>());
        made.body = answer.contains("body")
                        ? answer["body"].get<std::string>()
                        : sdk::fromBase64(answer.at("body_base64").get<std::string>()).value_or("");
        answers_.push_back(std::move(made));
    }
}

inline std::vector<HttpRequest> FakeHost::requests() const {
    std::scoped_lock lock(mutex_);
    return requests_;
}

inline void FakeHost::now(std::int64_t micros) {
    std::scoped_lock lock(mutex_);
    now_ = micros;
}

inline void FakeHost::secret(const std::string& name, const std::string& value) {
    std::scoped_lock lock(mutex_);
    secrets_[name] = value;
}

inline void FakeHost::tokens(Outcome outcome, std::string why, std::string code) {
    std::scoped_lock lock(mutex_);
    access_ = Answer::no(outcome, std::move(why), std::move(code));
}

inline Json FakeHost::grant() const {
    std::scoped_lock lock(mutex_);
    return grant_;
}

inline std::vector<std::pair<int, std::string>> FakeHost::logged() const {
    std::scoped_lock lock(mutex_);
    return logged_;
}

inline HttpAnswer FakeHost::next(const HttpRequest& request) {
    std::unique_lock lock(mutex_);
    requests_.push_back(request);
    if (!played_.empty()) {
        const auto asked = request.method + " " + request.url.substr(0, request.url.find('?'));
        if (played_.front() != asked && played_.front().find("(removed)") == std::string::npos)
            return {false, false, 0,
                    {},    {},    "the recording has " + played_.front() + " where " + asked + " was asked"};
        played_.pop_front();
    }
    if (!answers_.empty()) {
        auto answer = std::move(answers_.front());
        answers_.pop_front();
        return answer;
    }
    const auto handler = handler_;
    lock.unlock();
    if (handler) return handler(request);
    return {false, false, 0, {}, {}, "the test queued no answer for " + request.method + " " + request.url};
}

inline const void* FakeHost::service(const overture_host_t*, const char* id) {
    static const overture_host_http_t http{sizeof(overture_host_http_t), &FakeHost::send};
    static const overture_host_http_stream_t stream{sizeof(overture_host_http_stream_t), &FakeHost::stream};
    static const overture_host_log_t log{sizeof(overture_host_log_t), &FakeHost::log};
    static const overture_host_clock_t clock{sizeof(overture_host_clock_t), &FakeHost::time};
    static const overture_host_secret_t secret{sizeof(overture_host_secret_t), &FakeHost::secretOf};
    static const overture_host_oauth2_t oauth2{sizeof(overture_host_oauth2_t), &FakeHost::token};
    const std::string_view name(id);
    if (name == OVERTURE_HOST_HTTP) return &http;
    if (name == OVERTURE_HOST_HTTP_STREAM) return &stream;
    if (name == OVERTURE_HOST_LOG) return &log;
    if (name == OVERTURE_HOST_CLOCK) return &clock;
    if (name == OVERTURE_HOST_SECRET) return &secret;
    if (name == OVERTURE_HOST_OAUTH2) return &oauth2;
    if (name == OVERTURE_HOST_WEBSOCKET) return &FakeSocket::table();
    return nullptr;
}

inline int32_t FakeHost::send(const overture_host_t* host, const overture_http_request_t* asked,
                              const overture_http_answer_t* into) {
    using sdk::detail::stringOf;
    using sdk::detail::textOf;
    HttpRequest request{
        stringOf(asked->method), stringOf(asked->url), {}, stringOf(asked->body), asked->deadline_ms};
    for (std::size_t i = 0; i < asked->header_count; ++i)
        request.headers.emplace_back(stringOf(asked->headers[i].name), stringOf(asked->headers[i].value));
    const auto answer = self(host).next(request);
    if (!answer.answered) {
        into->failed(into, textOf(answer.error));
        return answer.sent ? OVERTURE_HTTP_UNKNOWN : OVERTURE_HTTP_NOT_SENT;
    }
    into->status(into, answer.status);
    for (const auto& [name, value] : answer.headers) into->header(into, textOf(name), textOf(value));
    into->body(into, textOf(answer.body));
    return OVERTURE_HTTP_ANSWERED;
}

/// Whole answers are handed over in small pieces, cut anywhere.
inline int32_t FakeHost::stream(const overture_host_t* host, const overture_http_request_t* asked,
                                int64_t patience, const overture_http_stream_t* into) {
    using sdk::detail::stringOf;
    using sdk::detail::textOf;
    HttpRequest request{stringOf(asked->method), stringOf(asked->url), {},
                        stringOf(asked->body),   asked->deadline_ms,   patience};
    for (std::size_t i = 0; i < asked->header_count; ++i)
        request.headers.emplace_back(stringOf(asked->headers[i].name), stringOf(asked->headers[i].value));
    const auto answer = self(host).next(request);
    std::vector<std::string> pieces;
    if (answer.late) {
        std::scoped_lock lock(self(host).mutex_);
        pieces = std::move(self(host).stalled_.front());
        self(host).stalled_.pop_front();
    } else if (!answer.answered) {
        into->failed(into, textOf(answer.error));
        return answer.sent ? OVERTURE_HTTP_UNKNOWN : OVERTURE_HTTP_NOT_SENT;
    }
    constexpr std::size_t kPiece = 7;
    for (std::size_t at = 0; at < answer.body.size(); at += kPiece)
        pieces.push_back(answer.body.substr(at, kPiece));
    into->status(into, answer.status);
    for (const auto& [name, value] : answer.headers) into->header(into, textOf(name), textOf(value));
    bool useful = false;
    for (const auto& piece : pieces) {
        const auto said = into->piece(into, textOf(piece));
        if (said == OVERTURE_HTTP_STOP) return OVERTURE_HTTP_STOPPED;
        useful = useful || said == OVERTURE_HTTP_USEFUL;
    }
    if (answer.answered) return OVERTURE_HTTP_ANSWERED;
    into->failed(into, textOf(answer.error));
    return useful ? int32_t{OVERTURE_HTTP_UNKNOWN} : int32_t{OVERTURE_HTTP_LATE};
}

inline void FakeHost::log(const overture_host_t* host, int32_t level, overture_text_t line) {
    std::scoped_lock lock(self(host).mutex_);
    self(host).logged_.emplace_back(level, sdk::detail::stringOf(line));
}

inline overture_outcome_t FakeHost::token(const overture_host_t* host, const overture_oauth2_request_t* asked,
                                          const overture_sink_t* into, const overture_reply_t* why) {
    using sdk::detail::stringOf;
    using sdk::detail::textOf;
    auto& fake = self(host);
    std::scoped_lock lock(fake.mutex_);
    fake.grant_ = {
        {"grant", asked->grant == OVERTURE_OAUTH2_REFRESH_TOKEN ? "refresh_token" : "client_credentials"},
        {"client", asked->client == OVERTURE_OAUTH2_IN_BODY ? "body" : "header"},
        {"token_url", stringOf(asked->token_url)},
        {"client_id", stringOf(asked->client_id)},
        {"client_secret", stringOf(asked->client_secret)},
        {"refresh_token", stringOf(asked->refresh_token)},
        {"scope", stringOf(asked->scope)},
        {"fields", Json::object()}};
    for (std::size_t i = 0; i < asked->field_count; ++i)
        fake.grant_["fields"][stringOf(asked->fields[i].name)] = stringOf(asked->fields[i].value);
    if (fake.access_.outcome != Outcome::ok) {
        why->problem(why, textOf(fake.access_.code), textOf(fake.access_.message));
        return static_cast<overture_outcome_t>(fake.access_.outcome);
    }
    if (stringOf(asked->refused) == "token-" + std::to_string(fake.token_)) ++fake.token_;
    sdk::detail::put(into, "token-" + std::to_string(fake.token_));
    return OVERTURE_OK;
}

inline int64_t FakeHost::time(const overture_host_t* host) {
    std::scoped_lock lock(self(host).mutex_);
    return self(host).now_;
}

inline int32_t FakeHost::secretOf(const overture_host_t* host, overture_text_t name,
                                  const overture_sink_t* value) {
    std::scoped_lock lock(self(host).mutex_);
    const auto found = self(host).secrets_.find(sdk::detail::stringOf(name));
    if (found == self(host).secrets_.end()) return 0;
    sdk::detail::put(value, found->second);
    return 1;
}

inline Plugin::Plugin(const overture_entry_t* entry, FakeHost& host, const Json& settings) : entry_(entry) {
    std::string problem;
    const overture_sink_t sink{&problem, [](void* context, overture_text_t bytes) {
                                   static_cast<std::string*>(context)->append(bytes.data, bytes.size);
                               }};
    if (entry_->open(host.table(), &sink) != OVERTURE_OK) throw std::runtime_error("open: " + problem);
    const auto text = settings.dump();
    if (entry_->create(host.table(), {text.data(), text.size()}, &sink, &instance_) != OVERTURE_OK) {
        entry_->close();
        throw std::runtime_error("create: " + problem);
    }
}

inline Plugin::~Plugin() {
    entry_->destroy(instance_);
    entry_->close();
}

/// Nothing where the table ends before it, or has no function: it came with a later minor.
inline overture_operation_t slotIn(const overture_entry_t* entry, const std::string& capability,
                                   const std::string& operation) {
    const auto* table = static_cast<const char*>(entry->get_capability(capability.c_str()));
    if (table == nullptr) throw std::runtime_error("the plugin has no table for " + capability);
    overture_operation_t slot = nullptr;
    std::uint32_t size = 0;
    std::memcpy(&size, table, sizeof size);
#define OVERTURE_FIND(id, type, name)                                                           \
    if (capability == (id) && operation == #name && offsetof(type, name) + sizeof slot <= size) \
        std::memcpy(&slot, table + offsetof(type, name), sizeof slot);
    OVERTURE_OPERATIONS(OVERTURE_FIND)
#undef OVERTURE_FIND
    return slot;
}

inline overture_operation_t Plugin::slotOf(const std::string& capability,
                                           const std::string& operation) const {
    const auto slot = slotIn(entry_, capability, operation);
    if (slot == nullptr) throw std::runtime_error(capability + " has no operation " + operation);
    return slot;
}

inline Answer Plugin::call(const std::string& capability, const std::string& operation, const Json& request,
                           std::int64_t deadlineMs) {
    return callText(capability, operation, sdk::detail::dump(request), deadlineMs);
}

inline Answer Plugin::callInPieces(const std::string& capability, const std::string& operation,
                                   const Json& request, const sdk::Pieces& pieces, std::int64_t deadlineMs) {
    return callWith(capability, operation, sdk::detail::dump(request), &pieces, deadlineMs);
}

inline Answer Plugin::callText(const std::string& capability, const std::string& operation,
                               const std::string& text, std::int64_t deadlineMs) {
    return callWith(capability, operation, text, nullptr, deadlineMs);
}

inline Answer Plugin::callWith(const std::string& capability, const std::string& operation,
                               const std::string& text, const sdk::Pieces* pieces, std::int64_t deadlineMs) {
    const auto slot = slotOf(capability, operation);
    return run(pieces, deadlineMs, [&](const overture_call_t* call, const overture_reply_t* reply) {
        return slot(instance_, call, {text.data(), text.size()}, reply);
    });
}

template <typename Operation>
Answer Plugin::run(const sdk::Pieces* pieces, std::int64_t deadlineMs, Operation operation) {
    using sdk::detail::stringOf;
    struct Got {
        std::optional<std::string> document;
        Answer answer;
        const sdk::Pieces* pieces;
    } got{{}, {}, pieces};
    const auto takePiece = [](const overture_reply_t* to, overture_text_t content) -> int32_t {
        const auto& takes = *static_cast<Got*>(to->context)->pieces;
        return takes(stringOf(content)) ? OVERTURE_PIECE_MORE : OVERTURE_PIECE_STOP;
    };
    const overture_reply_t reply{
        sizeof(overture_reply_t),
        &got,
        [](const overture_reply_t* to, overture_text_t json) {
            static_cast<Got*>(to->context)->document = stringOf(json);
        },
        [](const overture_reply_t* to, overture_text_t code, overture_text_t message) {
            static_cast<Got*>(to->context)->answer.code = stringOf(code);
            static_cast<Got*>(to->context)->answer.message = stringOf(message);
        },
        [](const overture_reply_t* to, int64_t ms) {
            static_cast<Got*>(to->context)->answer.retryAfterMs = ms;
        },
        pieces == nullptr ? nullptr : +takePiece};
    const overture_call_t given{sizeof(overture_call_t), deadlineMs};
    const auto outcome = operation(&given, &reply);
    if (outcome < OVERTURE_OK || outcome > OVERTURE_INTERNAL) throw std::runtime_error("no such outcome");
    got.answer.outcome = static_cast<Outcome>(outcome);
    if (got.answer.outcome == Outcome::ok) {
        if (!got.document) throw std::runtime_error("ok without a document");
        got.answer.document = Json::parse(*got.document);
    }
    return got.answer;
}

}  // namespace overture::testing
