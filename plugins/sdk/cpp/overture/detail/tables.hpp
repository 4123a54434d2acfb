// Turns the C++ structs of plugin.hpp into the C tables of the ABI. Included by plugin.hpp only.
#pragma once

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <exception>

#include "overture/json_text.hpp"

namespace overture::sdk::detail {

inline overture_text_t textOf(std::string_view text) {
    return {text.data(), text.size()};
}
inline std::string stringOf(overture_text_t text) {
    return text.size == 0 ? std::string() : std::string(text.data, text.size);
}
inline void put(const overture_sink_t* sink, std::string_view text) {
    sink->put(sink->context, textOf(text));
}

inline bool sameHeader(std::string_view left, std::string_view right) {
    return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                      [](unsigned char a, unsigned char b) { return std::tolower(a) == std::tolower(b); });
}

/// The object behind an overture_instance_t.
struct Object {
    Opened opened;
};
inline Object& objectOf(overture_instance_t* instance) {
    return *reinterpret_cast<Object*>(instance);
}

inline Factory& factory() {
    static Factory made;
    return made;
}

inline std::string dump(const Json& document) {
    return json_text::write(document);
}

inline overture_outcome_t deliver(const Answer& answer, const overture_reply_t* reply) {
    if (answer.outcome == Outcome::ok) {
        const auto text = dump(answer.document);
        reply->document(reply, textOf(text));
        return OVERTURE_OK;
    }
    reply->problem(reply, textOf(answer.code), textOf(answer.message));
    if (answer.retryAfterMs) reply->retry_after(reply, *answer.retryAfterMs);
    return static_cast<overture_outcome_t>(answer.outcome);
}

/// Empty when nobody waits for parts, or the engine is older than ABI 1.4.
inline Pieces piecesOf(const overture_reply_t* reply) {
    if (reply->size < offsetof(overture_reply_t, piece) + sizeof reply->piece || reply->piece == nullptr)
        return {};
    return [reply](std::string_view content) {
        return reply->piece(reply, textOf(content)) == OVERTURE_PIECE_MORE;
    };
}

/// Runs one operation of one capability, `operation(document)`; whatever is thrown becomes an outcome.
template <typename Part, typename Operation>
overture_outcome_t run(const Part& part, overture_text_t request, const overture_reply_t* reply,
                       Operation operation) noexcept {
    const auto fail = [&](Outcome outcome, std::string_view message) noexcept {
        reply->problem(reply, {nullptr, 0}, textOf(message));
        return static_cast<overture_outcome_t>(outcome);
    };
    try {
        if (!part) return fail(Outcome::unsupported, "this binding does not offer that");
        const auto document = json_text::readOrDiscard({request.data, request.size});
        if (!document.is_object()) return fail(Outcome::invalid, "the request is not a JSON object");
        return deliver(operation(document), reply);
    } catch (const Refused& refused) {
        return fail(refused.outcome, refused.what());
    } catch (const Json::parse_error&) {  // its text quotes what was read
        return fail(Outcome::internal, "a document could not be parsed as JSON");
    } catch (const Json::exception& error) {
        return fail(Outcome::internal, std::string("a document was not as expected: ") + error.what());
    } catch (const std::exception& error) {
        return fail(Outcome::internal, error.what());
    } catch (...) {
        return fail(Outcome::internal, "something that is no std::exception was thrown");
    }
}

/// One slot of a table: `part` is the member of Opened, `operation` the virtual function.
template <auto part, auto operation>
overture_outcome_t slot(overture_instance_t* instance, const overture_call_t* call, overture_text_t request,
                        const overture_reply_t* reply) {
    auto& it = objectOf(instance).opened.*part;
    return run(it, request, reply, [&](const Json& document) {
        const auto pieces = piecesOf(reply);
        return (it.get()->*operation)(document, Call{call->deadline_ms, pieces ? &pieces : nullptr});
    });
}

inline const overture_carrier_message_t carrierMessage = {
    sizeof(overture_carrier_message_t), slot<&Opened::carrier, &Carrier::send>,
    slot<&Opened::carrier, &Carrier::lookup>, slot<&Opened::carrier, &Carrier::webhook>,
    slot<&Opened::carrier, &Carrier::media>};
inline const overture_carrier_mailbox_t carrierMailbox = {sizeof(overture_carrier_mailbox_t),
                                                          slot<&Opened::mailbox, &Mailbox::fetch>,
                                                          slot<&Opened::mailbox, &Mailbox::forget>};
inline const overture_carrier_call_t carrierCall = {sizeof(overture_carrier_call_t),
                                                    slot<&Opened::calls, &CallCarrier::start>,
                                                    slot<&Opened::calls, &CallCarrier::lookup>,
                                                    slot<&Opened::calls, &CallCarrier::end>,
                                                    slot<&Opened::calls, &CallCarrier::transfer>,
                                                    slot<&Opened::calls, &CallCarrier::webhook>};
inline const overture_channel_call_t channelCall = {
    sizeof(overture_channel_call_t), slot<&Opened::callManners, &CallChannel::manners>,
    slot<&Opened::callManners, &CallChannel::follow>, slot<&Opened::callManners, &CallChannel::speak>};

inline MediaSocket& socketOf(overture_media_t* media) {
    return *reinterpret_cast<MediaSocket*>(media);
}
inline overture_media_t* openMedia(overture_instance_t* instance) noexcept {
    try {
        const auto& media = objectOf(instance).opened.media;
        return media ? reinterpret_cast<overture_media_t*>(media->open().release()) : nullptr;
    } catch (...) {
        return nullptr;
    }
}
inline void readMedia(overture_media_t* media, int32_t binary, overture_text_t message,
                      const overture_media_heard_t* heard) noexcept {
    try {
        socketOf(media).read(binary == 1, {message.data, message.size}, MediaHeard(heard));
    } catch (const std::exception& error) {
        heard->problem(heard, textOf(error.what()));
    } catch (...) {
        heard->problem(heard, textOf("something that is no std::exception was thrown"));
    }
}
inline int32_t writeMedia(overture_media_t* media, const overture_media_message_t* message,
                          const overture_media_wire_t* wire) noexcept {
    try {
        return socketOf(media).write({message->kind,
                                      message->at_ms,
                                      {message->text.data, message->text.size},
                                      {message->bytes.data, message->bytes.size}},
                                     MediaWire(wire))
                   ? 1
                   : 0;
    } catch (...) {
        return 0;
    }
}
inline void closeMedia(overture_media_t* media) noexcept {
    delete &socketOf(media);
}
inline const overture_carrier_media_t carrierMedia = {sizeof(overture_carrier_media_t), openMedia, readMedia,
                                                      writeMedia, closeMedia};

inline const overture_channel_message_t channelMessage = {
    sizeof(overture_channel_message_t), slot<&Opened::channel, &Channel::window>,
    slot<&Opened::channel, &Channel::compose>, slot<&Opened::channel, &Channel::read>,
    slot<&Opened::channel, &Channel::measure>};
inline const overture_model_chat_t modelChat = {sizeof(overture_model_chat_t),
                                                slot<&Opened::model, &Model::complete>,
                                                slot<&Opened::model, &Model::estimate>};
inline const overture_carrier_simulated_t carrierSimulated = {sizeof(overture_carrier_simulated_t),
                                                              slot<&Opened::simulated, &Simulated::due>};
inline const overture_registry_numbers_t registryNumbers = {sizeof(overture_registry_numbers_t),
                                                            slot<&Opened::registry, &Registry::check>};
inline const overture_model_embed_t modelEmbed = {sizeof(overture_model_embed_t),
                                                  slot<&Opened::embedder, &Embedder::embed>};
template <auto part>
inline const overture_tool_t tool = {sizeof(overture_tool_t), slot<part, &Tool::ask>};

inline overture_outcome_t speak(overture_instance_t* instance, const overture_call_t* call,
                                overture_text_t request, const overture_audio_sink_t* sink,
                                const overture_reply_t* reply) {
    auto& part = objectOf(instance).opened.synthesizer;
    return run(part, request, reply, [&](const Json& document) {
        const auto into = [&](std::string_view bytes) { return sink->audio(sink, textOf(bytes)) == 0; };
        return part->speak(document, into, Call{call->deadline_ms});
    });
}
inline const overture_speech_synthesize_t speechSynthesize = {
    sizeof(overture_speech_synthesize_t), speak, slot<&Opened::synthesizer, &Synthesizer::voices>};

inline overture_outcome_t putObject(overture_instance_t* instance, const overture_call_t* call,
                                    overture_text_t request, overture_text_t object,
                                    const overture_reply_t* reply) {
    auto& part = objectOf(instance).opened.storage;
    return run(part, request, reply, [&](const Json& document) {
        return part->put(document, {object.data, object.size}, Call{call->deadline_ms});
    });
}
inline overture_outcome_t getObject(overture_instance_t* instance, const overture_call_t* call,
                                    overture_text_t request, const overture_object_sink_t* sink,
                                    const overture_reply_t* reply) {
    auto& part = objectOf(instance).opened.storage;
    return run(part, request, reply, [&](const Json& document) {
        const auto into = [&](std::string_view bytes) { return sink->bytes(sink, textOf(bytes)) == 0; };
        return part->get(document, into, Call{call->deadline_ms});
    });
}
inline const overture_storage_t storage = {sizeof(overture_storage_t), putObject, getObject,
                                           slot<&Opened::storage, &Storage::remove>,
                                           slot<&Opened::storage, &Storage::link>};

/// The object behind an overture_listening_t.
struct Stream {
    std::unique_ptr<Listening> listening;
    const overture_heard_t* heard;
    Conversing* answers = nullptr;  ///< the same, where it answers: then it lives until it is closed
    bool over = false;
};
inline Stream& streamOf(overture_listening_t* listening) {
    return *reinterpret_cast<Stream*>(listening);
}
/// What is thrown ends the stream; it is fed no more.
template <typename Step>
void feed(overture_listening_t* listening, Step step) noexcept {
    auto& stream = streamOf(listening);
    if (stream.over) return;
    std::string why = "something that is no std::exception was thrown";
    try {
        return step(*stream.listening);
    } catch (const std::exception& error) {
        why = error.what();
    } catch (...) {
    }
    stream.over = true;
    if (stream.answers == nullptr) stream.listening.reset();
    stream.heard->ended(stream.heard, OVERTURE_INTERNAL, {nullptr, 0}, textOf(why));
}
/// `part` is a Transcriber or a Converser, `Made` what its streams are.
template <auto part, typename Made>
overture_outcome_t listen(overture_instance_t* instance, const overture_call_t* call, overture_text_t request,
                          const overture_heard_t* heard, overture_listening_t** listening,
                          const overture_reply_t* reply) {
    auto& it = objectOf(instance).opened.*part;
    std::unique_ptr<Made> made;
    const auto outcome = run(it, request, reply, [&](const Json& document) {
        auto answer = it->listen(document, Call{call->deadline_ms}, Heard(heard), made);
        if (answer.outcome == Outcome::ok && !made)
            return Answer::no(Outcome::internal, "it said ok and made no stream");
        return answer;
    });
    if (outcome != OVERTURE_OK) return outcome;
    auto* stream = new Stream{nullptr, heard};
    if constexpr (std::is_same_v<Made, Conversing>) stream->answers = made.get();
    stream->listening = std::move(made);
    *listening = reinterpret_cast<overture_listening_t*>(stream);
    return outcome;
}
inline void hearAudio(overture_listening_t* listening, overture_text_t bytes) {
    feed(listening, [&](Listening& to) { to.audio({bytes.data, bytes.size}); });
}
inline void hearNoMore(overture_listening_t* listening) {
    feed(listening, [](Listening& to) { to.finish(); });
}
inline void closeStream(overture_listening_t* listening) {
    delete &streamOf(listening);
}
inline const overture_speech_transcribe_t speechTranscribe = {sizeof(overture_speech_transcribe_t),
                                                              listen<&Opened::transcriber, Listening>,
                                                              hearAudio, hearNoMore, closeStream};

inline overture_outcome_t answer(overture_listening_t* listening, const overture_call_t* call,
                                 overture_text_t request, const overture_audio_sink_t* sink,
                                 const overture_reply_t* reply) {
    auto* part = streamOf(listening).answers;
    return run(part, request, reply, [&](const Json& document) {
        const auto into = [&](std::string_view bytes) { return sink->audio(sink, textOf(bytes)) == 0; };
        const auto pieces = piecesOf(reply);
        return part->answer(document, into, Call{call->deadline_ms, pieces ? &pieces : nullptr});
    });
}
inline const overture_speech_converse_t speechConverse = {sizeof(overture_speech_converse_t),
                                                          listen<&Opened::converser, Conversing>,
                                                          hearAudio,
                                                          hearNoMore,
                                                          closeStream,
                                                          answer,
                                                          slot<&Opened::converser, &Converser::estimate>};

inline const void* getCapability(const char* id) {
    const std::string_view name(id);
    if (name == OVERTURE_CARRIER_MESSAGE) return &carrierMessage;
    if (name == OVERTURE_CARRIER_MAILBOX) return &carrierMailbox;
    if (name == OVERTURE_CARRIER_CALL) return &carrierCall;
    if (name == OVERTURE_CARRIER_MEDIA) return &carrierMedia;
    if (name == OVERTURE_CHANNEL_CALL) return &channelCall;
    if (name == OVERTURE_CHANNEL_MESSAGE) return &channelMessage;
    if (name == OVERTURE_MODEL_CHAT) return &modelChat;
    if (name == OVERTURE_CARRIER_SIMULATED) return &carrierSimulated;
    if (name == OVERTURE_REGISTRY_NUMBERS) return &registryNumbers;
    if (name == OVERTURE_MODEL_EMBED) return &modelEmbed;
    if (name == OVERTURE_ENRICHMENT) return &tool<&Opened::enrichment>;
    if (name == OVERTURE_CRM) return &tool<&Opened::crm>;
    if (name == OVERTURE_SIGNATURE) return &tool<&Opened::signature>;
    if (name == OVERTURE_SPEECH_TRANSCRIBE) return &speechTranscribe;
    if (name == OVERTURE_SPEECH_SYNTHESIZE) return &speechSynthesize;
    if (name == OVERTURE_SPEECH_CONVERSE) return &speechConverse;
    if (name == OVERTURE_STORAGE) return &storage;
    return nullptr;
}

inline int32_t offers(const overture_instance_t* instance, const char* capability) {
    const auto& opened = reinterpret_cast<const Object*>(instance)->opened;
    const std::string_view name(capability);
    return (name == OVERTURE_CARRIER_MESSAGE && opened.carrier) ||
           (name == OVERTURE_CARRIER_MAILBOX && opened.mailbox) ||
           (name == OVERTURE_CARRIER_CALL && opened.calls) ||
           (name == OVERTURE_CARRIER_MEDIA && opened.media) ||
           (name == OVERTURE_CHANNEL_CALL && opened.callManners) ||
           (name == OVERTURE_CHANNEL_MESSAGE && opened.channel) ||
           (name == OVERTURE_MODEL_CHAT && opened.model) ||
           (name == OVERTURE_CARRIER_SIMULATED && opened.simulated) ||
           (name == OVERTURE_REGISTRY_NUMBERS && opened.registry) ||
           (name == OVERTURE_MODEL_EMBED && opened.embedder) ||
           (name == OVERTURE_ENRICHMENT && opened.enrichment) || (name == OVERTURE_CRM && opened.crm) ||
           (name == OVERTURE_SIGNATURE && opened.signature) ||
           (name == OVERTURE_SPEECH_TRANSCRIBE && opened.transcriber) ||
           (name == OVERTURE_SPEECH_SYNTHESIZE && opened.synthesizer) ||
           (name == OVERTURE_SPEECH_CONVERSE && opened.converser) ||
           (name == OVERTURE_STORAGE && opened.storage);
}

inline overture_outcome_t create(const overture_host_t* host, overture_text_t settings,
                                 const overture_sink_t* problem, overture_instance_t** instance) {
    try {
        const auto document = Json::parse(std::string_view(settings.data, settings.size), nullptr, false);
        if (!document.is_object()) throw Refused(Outcome::invalid, "the settings are not a JSON object");
        auto object = std::make_unique<Object>();
        object->opened = factory()(Host(host), document);
        *instance = reinterpret_cast<overture_instance_t*>(object.release());
        return OVERTURE_OK;
    } catch (const Refused& refused) {
        put(problem, refused.what());
        return static_cast<overture_outcome_t>(refused.outcome);
    } catch (const std::exception& error) {
        put(problem, error.what());
    } catch (...) {
        put(problem, "something that is no std::exception was thrown");
    }
    return OVERTURE_INTERNAL;
}

inline void destroy(overture_instance_t* instance) {
    delete reinterpret_cast<Object*>(instance);
}
inline overture_outcome_t open(const overture_host_t*, const overture_sink_t*) {
    return OVERTURE_OK;
}
inline void close() {}

inline overture_entry_t makeEntry(const char* id, const char* version, const char* const* capabilities,
                                  Factory made) {
    factory() = std::move(made);
    return {OVERTURE_MAGIC,
            sizeof(overture_entry_t),
            OVERTURE_ABI_MAJOR,
            0,
            id,
            version,
            capabilities,
            open,
            close,
            getCapability,
            create,
            offers,
            destroy};
}

/// The C form of a request; both must live while it is used.
struct Asked {
    explicit Asked(const HttpRequest& request) {
        for (const auto& [name, value] : request.headers) headers.push_back({textOf(name), textOf(value)});
        form = {sizeof(overture_http_request_t),
                textOf(request.method),
                textOf(request.url),
                headers.data(),
                headers.size(),
                textOf(request.body),
                request.deadlineMs};
    }
    std::vector<overture_http_header_t> headers;
    overture_http_request_t form;
};

/// A streamed answer while it comes.
struct StreamedAnswer {
    HttpAnswer head;
    const std::function<Piece(const HttpAnswer&, std::string_view)>& piece;
    std::exception_ptr thrown;
};
inline StreamedAnswer& streamOf(const overture_http_stream_t* stream) {
    return *static_cast<StreamedAnswer*>(stream->context);
}
inline int32_t putPiece(const overture_http_stream_t* stream, overture_text_t bytes) noexcept {
    auto& into = streamOf(stream);
    try {
        switch (into.piece(into.head, {bytes.data, bytes.size})) {
            case Piece::wait: return OVERTURE_HTTP_WAIT;
            case Piece::useful: return OVERTURE_HTTP_USEFUL;
            case Piece::stop: break;
        }
    } catch (...) {
        into.thrown = std::current_exception();
    }
    return OVERTURE_HTTP_STOP;
}

inline HttpAnswer& answerOf(const overture_http_answer_t* answer) {
    return *static_cast<HttpAnswer*>(answer->context);
}

}  // namespace overture::sdk::detail

namespace overture::sdk {

inline std::string HttpAnswer::header(std::string_view name) const {
    for (const auto& [key, value] : headers)
        if (detail::sameHeader(key, name)) return value;
    return {};
}

inline void MediaHeard::message(const MediaMessage& message) const {
    const overture_media_message_t form{sizeof(overture_media_message_t), message.kind, message.atMs,
                                        detail::textOf(message.text), detail::textOf(message.bytes)};
    heard_->message(heard_, &form);
}
inline void MediaHeard::problem(std::string_view sentence) const {
    heard_->problem(heard_, detail::textOf(sentence));
}
inline void MediaWire::text(std::string_view message) const {
    wire_->send(wire_, 0, detail::textOf(message));
}
inline void MediaWire::binary(std::string_view message) const {
    wire_->send(wire_, 1, detail::textOf(message));
}

inline HttpAnswer Host::http(const HttpRequest& request) const {
    using detail::textOf;
    const detail::Asked asked(request);
    HttpAnswer answer;
    const overture_http_answer_t into{
        sizeof(overture_http_answer_t),
        &answer,
        [](const overture_http_answer_t* to, int32_t status) { detail::answerOf(to).status = status; },
        [](const overture_http_answer_t* to, overture_text_t name, overture_text_t value) {
            detail::answerOf(to).headers.emplace_back(detail::stringOf(name), detail::stringOf(value));
        },
        [](const overture_http_answer_t* to, overture_text_t body) {
            detail::answerOf(to).body = detail::stringOf(body);
        },
        [](const overture_http_answer_t* to, overture_text_t why) {
            detail::answerOf(to).error = detail::stringOf(why);
        }};
    const auto result = service<overture_host_http_t>(OVERTURE_HOST_HTTP).send(host_, &asked.form, &into);
    answer.answered = result == OVERTURE_HTTP_ANSWERED;
    answer.sent = result != OVERTURE_HTTP_NOT_SENT;
    return answer;
}

inline HttpAnswer Host::httpStreamed(
    const HttpRequest& request,
    const std::function<Piece(const HttpAnswer&, std::string_view)>& piece) const {
    const detail::Asked asked(request);
    detail::StreamedAnswer stream{{}, piece, nullptr};
    const overture_http_stream_t into{
        sizeof(overture_http_stream_t),
        &stream,
        [](const overture_http_stream_t* to, int32_t status) { detail::streamOf(to).head.status = status; },
        [](const overture_http_stream_t* to, overture_text_t name, overture_text_t value) {
            detail::streamOf(to).head.headers.emplace_back(detail::stringOf(name), detail::stringOf(value));
        },
        detail::putPiece,
        [](const overture_http_stream_t* to, overture_text_t why) {
            detail::streamOf(to).head.error = detail::stringOf(why);
        }};
    const auto result = service<overture_host_http_stream_t>(OVERTURE_HOST_HTTP_STREAM)
                            .send(host_, &asked.form, request.patienceMs, &into);
    if (stream.thrown) std::rethrow_exception(stream.thrown);
    auto answer = std::move(stream.head);
    answer.answered = result == OVERTURE_HTTP_ANSWERED;
    answer.sent = result != OVERTURE_HTTP_NOT_SENT;
    answer.late = result == OVERTURE_HTTP_LATE;
    answer.stopped = result == OVERTURE_HTTP_STOPPED;
    return answer;
}

inline void Heard::words(const Json& document) const {
    const auto text = detail::dump(document);
    heard_->words(heard_, detail::textOf(text));
}
inline void Heard::ended(const Answer& answer) const {
    heard_->ended(heard_, static_cast<overture_outcome_t>(answer.outcome), detail::textOf(answer.code),
                  detail::textOf(answer.message));
}

inline std::int64_t Host::nowMicros() const {
    return service<overture_host_clock_t>(OVERTURE_HOST_CLOCK).now(host_);
}

inline void Host::log(int level, std::string_view text) const {
    service<overture_host_log_t>(OVERTURE_HOST_LOG).write(host_, level, detail::textOf(text));
}

inline std::optional<std::string> Host::secret(std::string_view name) const {
    std::string value;
    const overture_sink_t sink{&value, [](void* context, overture_text_t bytes) {
                                   static_cast<std::string*>(context)->append(bytes.data, bytes.size);
                               }};
    if (service<overture_host_secret_t>(OVERTURE_HOST_SECRET).get(host_, detail::textOf(name), &sink) == 0)
        return std::nullopt;
    return value;
}

}  // namespace overture::sdk
