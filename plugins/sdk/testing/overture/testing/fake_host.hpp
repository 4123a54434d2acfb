// A host for unit tests of one plugin, header only: HTTP answers come from a queue and requests are kept, the
// clock stands where it is put, secrets are a map. Nothing is loaded: the plugin's sources are compiled into
// the test, or the test hands over an entry it found itself.
//
//     FakeHost host;
//     host.secret("auth_token", "t0ken");
//     host.answer(201, R"({"sid":"SM1"})");
//     Plugin plugin(overture_plugin_entry_v1(), host, Json{{"account", "AC1"}});
//     const auto answer = plugin.call("carrier.message/1", "send", {{"to", "+15555550100"}});
//     EXPECT_EQ(host.requests().at(0).method, "POST");
#pragma once

#include <cstring>
#include <deque>
#include <fstream>
#include <functional>
#include <map>
#include <mutex>

#include "overture/plugin.hpp"

namespace overture::testing {

using sdk::Answer;
using sdk::HttpAnswer;
using sdk::HttpRequest;
using sdk::Json;
using sdk::Outcome;

/// Any thread.
class FakeHost {
public:
    FakeHost();
    FakeHost(const FakeHost&) = delete;
    FakeHost& operator=(const FakeHost&) = delete;

    /// Queues the answer to the next request that has none yet.
    void answer(int status, std::string body, std::vector<std::pair<std::string, std::string>> headers = {});
    /// The next request fails before any byte left.
    void failNotSent(std::string error = "connection refused");
    /// The next request may have arrived; no answer comes.
    void failUnknown(std::string error = "no answer before the deadline");
    /// The next request is streamed: these pieces come, and then nothing until the patience is over. Without pieces, or when
    /// none is useful, it is late; otherwise the answer never becomes whole.
    void stall(std::vector<std::string> pieces = {}, std::string contentType = "text/event-stream");
    /// Answers whatever the queue does not.
    void answerWith(std::function<HttpAnswer(const HttpRequest&)> handler);
    /// Answers as it went in a recording (`overture plugin call --record FILE`), one exchange after the other; a request by
    /// another method or to another place than in the recording is not sent. Throws std::runtime_error when the file is none.
    void play(const std::string& path);
    /// What the plugin asked, oldest first.
    std::vector<HttpRequest> requests() const;

    /// Access tokens (overture/oauth2.hpp): without more "token-1", and the next number after each that was refused. Then a
    /// plugin that asks is told why there is none, until `outcome` is ok again.
    void tokens(Outcome outcome, std::string why = {}, std::string code = {});
    /// The last grant a token was asked by: {grant, token_url, client_id, client_secret, refresh_token, scope, client, fields}.
    Json grant() const;

    void now(std::int64_t micros);
    void secret(const std::string& name, const std::string& value);
    /// Lines the plugin logged: level and text.
    std::vector<std::pair<int, std::string>> logged() const;

    const overture_host_t* table() const { return &table_; }

private:
    static FakeHost& self(const overture_host_t* host) { return *static_cast<FakeHost*>(host->context); }
    static const void* service(const overture_host_t* host, const char* id);
    static int32_t send(const overture_host_t*, const overture_http_request_t*,
                        const overture_http_answer_t*);
    static int32_t stream(const overture_host_t*, const overture_http_request_t*, int64_t patience,
                          const overture_http_stream_t*);
    static void log(const overture_host_t* host, int32_t level, overture_text_t line);
    static int64_t time(const overture_host_t* host);
    static int32_t secretOf(const overture_host_t* host, overture_text_t name, const overture_sink_t* value);
    static overture_outcome_t token(const overture_host_t* host, const overture_oauth2_request_t* asked,
                                    const overture_sink_t* token, const overture_reply_t* why);
    HttpAnswer next(const HttpRequest& request);

    mutable std::mutex mutex_;
    std::deque<HttpAnswer> answers_;
    std::deque<std::string>
        played_;  ///< what must be asked for the first of the answers, "GET https://…" without query
    std::deque<std::vector<std::string>> stalled_;  ///< pieces of the answers that say they are late
    std::function<HttpAnswer(const HttpRequest&)> handler_;
    std::vector<HttpRequest> requests_;
    std::vector<std::pair<int, std::string>> logged_;
    std::map<std::string, std::string> secrets_;
    Answer access_ = Answer::ok(nullptr);
    int token_ = 1;
    Json grant_;
    std::int64_t now_ = 1'772'384'400'000'000;  // 2026-03-01T17:00:00Z
    overture_host_t table_;
};

/// One plugin opened with one binding's settings (given as they are: no schema is checked, no default filled
/// in).
class Plugin {
public:
    /// Throws std::runtime_error with the plugin's sentence when it refuses.
    Plugin(const overture_entry_t* entry, FakeHost& host, const Json& settings = Json::object());
    ~Plugin();
    Plugin(const Plugin&) = delete;
    Plugin& operator=(const Plugin&) = delete;

    bool offers(const std::string& capability) const {
        return entry_->offers(instance_, capability.c_str()) == 1;
    }
    /// Any thread. Throws std::runtime_error when the plugin breaks the contract.
    Answer call(const std::string& capability, const std::string& operation, const Json& request,
                std::int64_t deadlineMs = 10000);
    /// The same for a request that need not be JSON.
    Answer callText(const std::string& capability, const std::string& operation, const std::string& request,
                    std::int64_t deadlineMs = 10000);
    /// The same with somebody who waits for parts of the answer.
    Answer callInPieces(const std::string& capability, const std::string& operation, const Json& request,
                        const sdk::Pieces& pieces, std::int64_t deadlineMs = 10000);

private:
    Answer callWith(const std::string& capability, const std::string& operation, const std::string& text,
                    const sdk::Pieces* pieces, std::int64_t deadlineMs);
    overture_operation_t slotOf(const std::string& capability, const std::string& operation) const;
    const overture_entry_t* entry_;
    overture_instance_t* instance_ = nullptr;
};

}  // namespace overture::testing

#include "overture/testing/detail/fake_host_impl.hpp"
