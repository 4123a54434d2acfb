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

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <fstream>
#include <functional>
#include <map>
#include <mutex>

#include "overture/plugin.hpp"
#include "overture/websocket.hpp"

namespace overture::testing {

using sdk::Answer;
using sdk::HttpAnswer;
using sdk::HttpRequest;
using sdk::Json;
using sdk::Outcome;

/// The other end of a socket that a plugin opened (host.websocket/1), played by the test: nothing happens on it but what the test
/// says, on the test's own thread.
class FakeSocket {
public:
    struct Message {
        bool binary = false;
        std::string bytes;
    };
    std::string url;
    std::vector<std::pair<std::string, std::string>> headers;
    std::int64_t delayMs = 0, deadlineMs = 0, tickMs = 0;

    /// What the peer does. Nothing happens any more once the plugin has released the socket, or after `end`.
    void open();
    void say(const std::string& text);
    void sayBytes(const std::string& bytes);
    void tick();
    /// `how` is one of OVERTURE_WEBSOCKET_…; code, the peer's words, Retry-After.
    void end(int how, int code = 0, std::string said = {}, std::int64_t retryAfterMs = -1);

    /// What the plugin sent since the last call, oldest first.
    std::vector<Message> sent();
    /// The code it closed the socket with; 1000 when it only let go of it.
    std::optional<int> closed() const;
    bool over() const;  ///< released, or ended
    /// From now on it takes nothing more (OVERTURE_WEBSOCKET_FULL).
    void fill(bool full = true);

private:
    friend class FakeHost;
    static FakeSocket& self(overture_websocket_t* socket) { return *reinterpret_cast<FakeSocket*>(socket); }
    static const overture_host_websocket_t& table();
    static int32_t take(overture_websocket_t* socket, Message message);
    template <typename Event>
    void happen(Event event);

    std::recursive_mutex happening_;  ///< held while the plugin's functions run
    mutable std::mutex mutex_;
    const overture_websocket_events_t* events_ = nullptr;
    std::vector<Message> sent_;
    std::optional<int> closed_;
    bool over_ = false, full_ = false;
};

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

    /// The sockets that were opened so far, oldest first; they stay as long as the host.
    std::vector<FakeSocket*> sockets() const;

    void now(std::int64_t micros);
    void secret(const std::string& name, const std::string& value);
    /// Lines the plugin logged: level and text.
    std::vector<std::pair<int, std::string>> logged() const;

    const overture_host_t* table() const { return &table_; }

private:
    friend class FakeSocket;
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
    static overture_websocket_t* socket(const overture_host_t* host,
                                        const overture_websocket_request_t* asked,
                                        const overture_websocket_events_t* events);
    HttpAnswer next(const HttpRequest& request);

    mutable std::mutex mutex_;
    std::vector<std::unique_ptr<FakeSocket>> sockets_;
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

/// A stream at a transcriber or a converser, and what it has heard. Its end closes the stream.
class FakeListening {
public:
    ~FakeListening();
    FakeListening(const FakeListening&) = delete;
    FakeListening& operator=(const FakeListening&) = delete;

    void audio(std::string_view bytes);
    void finish();
    /// What was heard since the last call.
    std::vector<Json> words();
    /// The texts of what is final so far, one after the other.
    std::string finals() const;
    std::optional<Answer> ended() const;
    /// Until it has ended, or for so long. For plugins with threads of their own.
    bool waitForEnd(std::int64_t milliseconds) const;
    /// What the plugin did against the contract; "": nothing.
    std::string breach() const;

private:
    friend class Plugin;
    template <typename Table>
    explicit FakeListening(const Table& table);
    static FakeListening& self(const overture_heard_t* heard) {
        return *static_cast<FakeListening*>(heard->context);
    }
    static void words(const overture_heard_t* heard, overture_text_t json);
    static void ended(const overture_heard_t* heard, overture_outcome_t outcome, overture_text_t code,
                      overture_text_t message);
    /// Counts who is inside; two at once is a breach.
    template <typename Step>
    void hear(Step step);

    decltype(overture_speech_transcribe_t::audio) audio_;
    decltype(overture_speech_transcribe_t::finish) finish_;
    decltype(overture_speech_transcribe_t::close) close_;
    overture_listening_t* listening_ = nullptr;
    overture_heard_t heard_;
    mutable std::mutex mutex_;
    mutable std::condition_variable changed_;
    std::vector<Json> words_;
    std::string finals_, breach_;
    std::optional<Answer> ended_;
    std::atomic<int> inside_ = 0;
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
    /// speech.synthesize/1 `speak`: the pieces are handed to `sink`, which says false when nobody listens any more.
    Answer speak(const Json& request, const std::function<bool(std::string_view)>& sink,
                 std::int64_t deadlineMs = 10000);
    /// storage/1 `put` and `get`; the sink as above.
    Answer put(const Json& request, std::string_view object, std::int64_t deadlineMs = 10000);
    Answer get(const Json& request, const std::function<bool(std::string_view)>& sink,
               std::int64_t deadlineMs = 10000);
    /// speech.transcribe/1 `listen`: with ok, `listening` is set.
    Answer listen(const Json& request, std::unique_ptr<FakeListening>& listening,
                  std::int64_t deadlineMs = 10000);
    /// speech.converse/1 `listen`, the same way, and `answer`; both take what they are given as the sinks above do.
    Answer converse(const Json& request, std::unique_ptr<FakeListening>& listening,
                    std::int64_t deadlineMs = 10000);
    Answer answer(FakeListening& listening, const Json& request, const sdk::Pieces& pieces,
                  const std::function<bool(std::string_view)>& sound, std::int64_t deadlineMs = 10000);

private:
    Answer callWith(const std::string& capability, const std::string& operation, const std::string& text,
                    const sdk::Pieces* pieces, std::int64_t deadlineMs);
    template <typename Operation>
    Answer run(const sdk::Pieces* pieces, std::int64_t deadlineMs, Operation operation);
    template <typename Table>
    Answer listenAt(const char* capability, const Json& request, std::unique_ptr<FakeListening>& listening,
                    std::int64_t deadlineMs);
    template <typename Table>
    const Table& tableOf(const char* capability) const;
    overture_operation_t slotOf(const std::string& capability, const std::string& operation) const;
    const overture_entry_t* entry_;
    overture_instance_t* instance_ = nullptr;
};

}  // namespace overture::testing

#include "overture/testing/detail/fake_host_impl.hpp"
#include "overture/testing/detail/fake_streams_impl.hpp"
