// The C++ side of the plugin ABI, header only: write a struct per capability, name a factory, and this turns
// them into the C tables. Exceptions stop here; nothing of C++ crosses the boundary. docs/plugins.md shows a
// whole plugin.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "overture/overture.h"

namespace overture::sdk {

using Json = nlohmann::json;

/// What came of a call; the meanings stand in overture/outcome.h.
enum class Outcome {
    ok,
    invalid,
    unsupported,
    auth,
    rejected,
    limited,
    transient,
    unknown,
    cancelled,
    internal
};

struct Answer {
    Outcome outcome = Outcome::internal;
    Json document;
    std::string code;     ///< the vendor's own code
    std::string message;  ///< for operators; never a customer's data or a secret
    std::optional<std::int64_t> retryAfterMs;

    static Answer ok(Json document) { return {Outcome::ok, std::move(document), {}, {}, {}}; }
    static Answer no(Outcome outcome, std::string message, std::string code = {}) {
        return {outcome, {}, std::move(code), std::move(message), {}};
    }
};

/// Thrown out of a factory or an operation to end it with this outcome and sentence.
struct Refused : std::runtime_error {
    Refused(Outcome why, const std::string& message) : std::runtime_error(message), outcome(why) {}
    Outcome outcome;
};

/// Takes a part of an answer's content as it comes; false: enough, the rest is not wanted.
using Pieces = std::function<bool(std::string_view content)>;

struct Call {
    std::int64_t deadlineMs = 0;     ///< milliseconds left for this call
    const Pieces* pieces = nullptr;  ///< nobody waits for parts of the answer
};

struct HttpRequest {
    std::string method, url;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    std::int64_t deadlineMs = 10000;  ///< for all of it
    std::int64_t patienceMs = 0;      ///< of a streamed answer: until a piece of it is useful
};

/// What a plugin says to a piece of a streamed answer; see overture/host_http_stream.h.
enum class Piece { wait, useful, stop };

/// sent = false: no byte left, may be repeated. sent && !answered: the outcome is unknown.
struct HttpAnswer {
    bool sent = false;
    bool answered = false;
    int status = 0;
    std::vector<std::pair<std::string, std::string>> headers;
    std::string body;
    std::string error;
    bool late = false;     ///< streamed: the patience was over and no piece had been useful
    bool stopped = false;  ///< streamed: by the plugin

    /// The first header of that name, any case; "" when absent.
    std::string header(std::string_view name) const;
};

/// What the engine offers. Cheap to copy; valid as long as the instance it was made for. Any thread.
class Host {
public:
    explicit Host(const overture_host_t* host) : host_(host) {}
    HttpAnswer http(const HttpRequest& request) const;
    /// The answer's body goes to `piece` as it comes, with status and headers known; the HttpAnswer's own stays empty. What
    /// `piece` throws ends the exchange and is thrown on.
    HttpAnswer httpStreamed(
        const HttpRequest& request,
        const std::function<Piece(const HttpAnswer& head, std::string_view bytes)>& piece) const;
    /// False with an engine older than ABI 1.1.
    bool streams() const { return host_->get_service(host_, OVERTURE_HOST_HTTP_STREAM) != nullptr; }
    std::int64_t nowMicros() const;
    /// `level` is one of OVERTURE_LOG_…; never a secret, never a person's words.
    void log(int level, std::string_view text) const;
    std::optional<std::string> secret(std::string_view name) const;
    /// For services that this wrapper has in headers of their own.
    const overture_host_t* table() const { return host_; }

private:
    template <typename Table>
    const Table& service(const char* id) const {
        const auto* table = static_cast<const Table*>(host_->get_service(host_, id));
        if (table == nullptr) throw std::runtime_error(std::string("this engine does not offer ") + id);
        return *table;
    }
    const overture_host_t* host_;
};

/// One virtual function per operation; what is not overridden answers `unsupported`. Many threads may call at
/// once.
struct Carrier {
    virtual ~Carrier() = default;
    virtual Answer send(const Json&, const Call&) { return Answer::no(Outcome::unsupported, "no send here"); }
    virtual Answer lookup(const Json&, const Call&) {
        return Answer::no(Outcome::unsupported, "no lookup here");
    }
    virtual Answer webhook(const Json&, const Call&) {
        return Answer::no(Outcome::unsupported, "no webhook here");
    }
    virtual Answer media(const Json&, const Call&) {
        return Answer::no(Outcome::unsupported, "no media here");
    }
};

struct Mailbox {
    virtual ~Mailbox() = default;
    virtual Answer fetch(const Json&, const Call&) {
        return Answer::no(Outcome::unsupported, "no fetch here");
    }
    virtual Answer forget(const Json&, const Call&) {
        return Answer::no(Outcome::unsupported, "no forget here");
    }
};

/// carrier.call/1.
struct CallCarrier {
    virtual ~CallCarrier() = default;
    virtual Answer start(const Json&, const Call&) {
        return Answer::no(Outcome::unsupported, "no start here");
    }
    virtual Answer lookup(const Json&, const Call&) {
        return Answer::no(Outcome::unsupported, "no lookup here");
    }
    virtual Answer end(const Json&, const Call&) { return Answer::no(Outcome::unsupported, "no end here"); }
    virtual Answer transfer(const Json&, const Call&) {
        return Answer::no(Outcome::unsupported, "no transfer here");
    }
    virtual Answer webhook(const Json&, const Call&) {
        return Answer::no(Outcome::unsupported, "no webhook here");
    }
};

/// One thing said over the media socket of a call; see overture/carrier_media.h.
struct MediaMessage {
    int kind = 0;  ///< one of OVERTURE_MEDIA_…
    std::int64_t atMs = -1;
    std::string_view text = {}, bytes = {};
};

/// Where a media socket puts what it read, and what goes to the carrier; borrowed for the call.
class MediaHeard {
public:
    explicit MediaHeard(const overture_media_heard_t* heard) : heard_(heard) {}
    void message(const MediaMessage& message) const;
    void problem(std::string_view sentence) const;

private:
    const overture_media_heard_t* heard_;
};
class MediaWire {
public:
    explicit MediaWire(const overture_media_wire_t* wire) : wire_(wire) {}
    void text(std::string_view message) const;
    void binary(std::string_view message) const;

private:
    const overture_media_wire_t* wire_;
};

/// One socket of carrier.media/1. Never called twice at once; must not block. What it throws is a problem of that message.
struct MediaSocket {
    virtual ~MediaSocket() = default;
    virtual void read(bool binary, std::string_view message, const MediaHeard& heard) = 0;
    virtual bool write(const MediaMessage& message, const MediaWire& wire) = 0;
};
struct Media {
    virtual ~Media() = default;
    virtual std::unique_ptr<MediaSocket> open() = 0;
};

/// channel.call/1.
struct CallChannel {
    virtual ~CallChannel() = default;
    virtual Answer manners(const Json&, const Call&) {
        return Answer::no(Outcome::unsupported, "no manners here");
    }
    virtual Answer follow(const Json&, const Call&) {
        return Answer::no(Outcome::unsupported, "no follow here");
    }
    virtual Answer speak(const Json&, const Call&) {
        return Answer::no(Outcome::unsupported, "no speak here");
    }
};

struct Channel {
    virtual ~Channel() = default;
    virtual Answer window(const Json&, const Call&) {
        return Answer::no(Outcome::unsupported, "no window here");
    }
    virtual Answer compose(const Json&, const Call&) {
        return Answer::no(Outcome::unsupported, "no compose here");
    }
    virtual Answer read(const Json&, const Call&) { return Answer::no(Outcome::unsupported, "no read here"); }
    virtual Answer measure(const Json&, const Call&) {
        return Answer::no(Outcome::unsupported, "no measure here");
    }
};

struct Model {
    virtual ~Model() = default;
    virtual Answer complete(const Json&, const Call&) {
        return Answer::no(Outcome::unsupported, "no complete here");
    }
    virtual Answer estimate(const Json&, const Call&) {
        return Answer::no(Outcome::unsupported, "no prices here");
    }
};

struct Simulated {
    virtual ~Simulated() = default;
    virtual Answer due(const Json&, const Call&) { return Answer::no(Outcome::unsupported, "no due here"); }
};

struct Registry {
    virtual ~Registry() = default;
    virtual Answer check(const Json&, const Call&) {
        return Answer::no(Outcome::unsupported, "no check here");
    }
};

struct Embedder {
    virtual ~Embedder() = default;
    virtual Answer embed(const Json&, const Call&) {
        return Answer::no(Outcome::unsupported, "no embed here");
    }
};

/// Whatever a playbook's functions may ask: the capability says what.
struct Tool {
    virtual ~Tool() = default;
    virtual Answer ask(const Json&, const Call&) { return Answer::no(Outcome::unsupported, "no ask here"); }
};

/// Where the audio of `speak` goes, in order; false: nobody listens any more.
using AudioSink = std::function<bool(std::string_view bytes)>;

struct Synthesizer {
    virtual ~Synthesizer() = default;
    virtual Answer speak(const Json&, const AudioSink&, const Call&) {
        return Answer::no(Outcome::unsupported, "no speak here");
    }
    virtual Answer voices(const Json&, const Call&) {
        return Answer::no(Outcome::unsupported, "no voices here");
    }
};

/// Where a transcriber says what it hears. Any thread, but never two at once for one stream; cheap to copy, valid until the
/// stream is destroyed.
class Heard {
public:
    explicit Heard(const overture_heard_t* heard) : heard_(heard) {}
    /// {kind, text, confidence, from_ms, to_ms, words, language?}; see docs/plugins.md.
    void words(const Json& document) const;
    /// Once, last: ok when all before `finish` has been heard, otherwise why nothing more will be.
    void ended(const Answer& answer) const;

private:
    const overture_heard_t* heard_;
};

/// One stream. One thread at a time; none of it blocks. When the destructor has returned, nothing more is said to its Heard.
struct Listening {
    virtual ~Listening() = default;
    virtual void audio(std::string_view bytes) = 0;
    /// Nothing more will be said: what is not final yet becomes so, then `ended`.
    virtual void finish() = 0;
};

struct Transcriber {
    virtual ~Transcriber() = default;
    /// With ok, `listening` is set.
    virtual Answer listen(const Json&, const Call&, Heard, std::unique_ptr<Listening>&) {
        return Answer::no(Outcome::unsupported, "no listen here");
    }
};

/// A stream that also answers. `answer` comes on any thread beside the rest, one at a time, and never when the stream's end has begun.
struct Conversing : Listening {
    /// The words go to `call.pieces`, the sound of those that are said to the sink.
    virtual Answer answer(const Json&, const AudioSink&, const Call&) = 0;
};

struct Converser {
    virtual ~Converser() = default;
    /// With ok, `conversing` is set.
    virtual Answer listen(const Json&, const Call&, Heard, std::unique_ptr<Conversing>&) {
        return Answer::no(Outcome::unsupported, "no listen here");
    }
    virtual Answer estimate(const Json&, const Call&) {
        return Answer::no(Outcome::unsupported, "its price is not known");
    }
};

/// Where the bytes of `get` go, in order; false: nobody wants more.
using ObjectSink = std::function<bool(std::string_view bytes)>;

/// storage/1. Whatever it answers may be asked again.
struct Storage {
    virtual ~Storage() = default;
    virtual Answer put(const Json&, std::string_view, const Call&) {
        return Answer::no(Outcome::unsupported, "no put here");
    }
    virtual Answer get(const Json&, const ObjectSink&, const Call&) {
        return Answer::no(Outcome::unsupported, "no get here");
    }
    virtual Answer remove(const Json&, const Call&) {
        return Answer::no(Outcome::unsupported, "no remove here");
    }
    virtual Answer link(const Json&, const Call&) {
        return Answer::no(Outcome::unsupported, "no links here");
    }
};

/// What a factory made for one binding: capabilities of plugin.json; one that its settings leave out stays empty.
struct Opened {
    std::shared_ptr<Carrier> carrier;
    std::shared_ptr<Channel> channel;
    std::shared_ptr<Model> model;
    std::shared_ptr<Simulated> simulated;
    std::shared_ptr<Registry> registry;
    std::shared_ptr<Mailbox> mailbox;
    std::shared_ptr<Embedder> embedder;
    std::shared_ptr<Tool> enrichment, crm, signature;
    std::shared_ptr<CallCarrier> calls;
    std::shared_ptr<CallChannel> callManners;
    std::shared_ptr<Media> media;
    std::shared_ptr<Transcriber> transcriber;
    std::shared_ptr<Synthesizer> synthesizer;
    std::shared_ptr<Storage> storage;
    std::shared_ptr<Converser> converser;
};

/// Gets the host and the settings, already checked against plugin.json's settings_schema.
using Factory = std::function<Opened(Host, const Json& settings)>;

}  // namespace overture::sdk

#include "overture/detail/tables.hpp"

// OVERTURE_PLUGIN("acme", "0.1.0", [](overture::sdk::Host host, const overture::sdk::Json& settings)
//                                      -> overture::sdk::Opened { … })
// Once per plugin, at global scope. OVERTURE_PLUGIN_CAPABILITIES is the list of plugin.json as C strings with
// commas; CMake's overture_plugin() defines it.
#ifndef OVERTURE_PLUGIN_CAPABILITIES
#define OVERTURE_PLUGIN_CAPABILITIES                                                                     \
    OVERTURE_CARRIER_MESSAGE, OVERTURE_CHANNEL_MESSAGE, OVERTURE_MODEL_CHAT, OVERTURE_CARRIER_SIMULATED, \
        OVERTURE_REGISTRY_NUMBERS, OVERTURE_CARRIER_MAILBOX, OVERTURE_MODEL_EMBED, OVERTURE_ENRICHMENT,  \
        OVERTURE_CRM, OVERTURE_SIGNATURE, OVERTURE_CARRIER_CALL, OVERTURE_CARRIER_MEDIA,                 \
        OVERTURE_CHANNEL_CALL, OVERTURE_SPEECH_TRANSCRIBE, OVERTURE_SPEECH_SYNTHESIZE,                   \
        OVERTURE_SPEECH_CONVERSE, OVERTURE_STORAGE
#endif
#define OVERTURE_PLUGIN(ID, VERSION, ...)                                                  \
    extern "C" OVERTURE_EXPORT const overture_entry_t* overture_plugin_entry_v1(void) {    \
        static const char* const capabilities[] = {OVERTURE_PLUGIN_CAPABILITIES, nullptr}; \
        static const overture_entry_t entry = overture::sdk::detail::makeEntry(            \
            ID, VERSION, capabilities, overture::sdk::Factory(__VA_ARGS__));               \
        return &entry;                                                                     \
    }
