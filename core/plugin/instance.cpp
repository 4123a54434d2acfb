#include "plugin/instance.hpp"

#include <algorithm>

#include "base/call_deadline.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"
#include "base/text.hpp"
#include "plugin/capabilities.hpp"
#include "plugin/listening.hpp"
#include "plugin/slots.hpp"

namespace overture::plugin {
namespace {

constexpr std::size_t kLargestDocument = 8 * 1024 * 1024;
constexpr std::size_t kLongestMessage = 2000;

/// What a plugin has put while one operation ran.
struct Put {
    std::string document;
    bool any = false;
    bool tooLarge = false;
    Reply reply;
    const Pieces* pieces = nullptr;
    std::exception_ptr thrown;  ///< by `pieces`: goes past the plugin
};

std::string bounded(overture_text_t text) {
    return text.size == 0 ? std::string() : toValidUtf8({text.data, std::min(text.size, kLongestMessage)});
}

Put& putOf(const overture_reply_t* reply) {
    return *static_cast<Put*>(reply->context);
}

void putDocument(const overture_reply_t* reply, overture_text_t json) {
    auto& put = putOf(reply);
    put.any = true;
    put.tooLarge = json.size > kLargestDocument;
    if (put.tooLarge || json.size == 0)
        put.document.clear();
    else
        put.document.assign(json.data, json.size);
}

void putProblem(const overture_reply_t* reply, overture_text_t code, overture_text_t message) {
    putOf(reply).reply.code = bounded(code);
    putOf(reply).reply.message = bounded(message);
}

void putRetryAfter(const overture_reply_t* reply, std::int64_t after) {
    putOf(reply).reply.retryAfter = milliseconds(std::max<std::int64_t>(0, after));
}

std::int32_t putPiece(const overture_reply_t* reply, overture_text_t content) {
    auto& put = putOf(reply);
    if (put.thrown) return OVERTURE_PIECE_STOP;
    if (content.size == 0) return OVERTURE_PIECE_MORE;
    try {
        return (*put.pieces)({content.data, content.size}) ? OVERTURE_PIECE_MORE : OVERTURE_PIECE_STOP;
    } catch (...) {
        put.thrown = std::current_exception();
    }
    return OVERTURE_PIECE_STOP;
}

Reply because(Outcome outcome, std::string message) {
    return {outcome, {}, {}, std::move(message), {}};
}

using BytesSink = std::function<bool(std::string_view bytes)>;

/// Of overture_audio_sink_t and overture_object_sink_t.
template <typename Sink>
std::int32_t putBytes(const Sink* sink, overture_text_t bytes) noexcept {
    return (*static_cast<const BytesSink*>(sink->context))({bytes.data, bytes.size}) ? 0 : 1;
}

class Bound final : public Instance, public std::enable_shared_from_this<Bound> {
public:
    Bound(std::shared_ptr<Library> library, const Services& services, Secrets secrets, Terms terms)
        : library_(std::move(library)),
          host_(services, library_->manifest().id, std::move(secrets), terms),
          terms_(std::move(terms)),
          slots_(terms_.callsAtOnce) {}

    ~Bound() override {
        if (instance_ == nullptr) return;
        if (const auto trouble = guarded([&] { library_->entry().destroy(instance_); }); !trouble.empty())
            log::error("plugin", {{"plugin", plugin()}, {"line", "destroy: " + trouble}});
    }

    /// "" or the sentence why there is no instance.
    std::string create(const Json& settings) {
        const auto text = toText(settings);
        std::string problem;
        const auto sink = sinkFor(problem);
        overture_outcome_t outcome = OVERTURE_INTERNAL;
        const auto trouble = guarded([&] {
            outcome = library_->entry().create(host_.get(), {text.data(), text.size()}, &sink, &instance_);
        });
        if (!trouble.empty()) return trouble;
        if (outcome != OVERTURE_OK) {
            instance_ = nullptr;
            return problem.empty() ? "it refused these settings without a reason" : toValidUtf8(problem);
        }
        if (instance_ == nullptr) return "it made no instance and said ok";
        return {};
    }

    const std::string& plugin() const override { return library_->manifest().id; }

    bool offers(std::string_view capability) const override {
        const auto found = library_->tables().find(capability);
        return found != library_->tables().end() &&
               library_->entry().offers(instance_, found->first.c_str()) == 1;
    }

    bool readsContext() const override { return library_->manifest().readsContext; }

    Reply call(std::string_view capability, std::string_view operation, const Json& request,
               milliseconds deadline) override {
        return callText(capability, operation, toText(request), deadline);
    }

    Reply callText(std::string_view capability, std::string_view operation, std::string_view request,
                   milliseconds deadline) override {
        return callWith(capability, operation, request, deadline, nullptr);
    }

    Reply callInPieces(std::string_view capability, std::string_view operation, std::string_view request,
                       milliseconds deadline, const Pieces& pieces) override {
        return callWith(capability, operation, request, deadline, &pieces);
    }

    bool busy() const override { return !slots_.free(); }

    Reply speak(const Json& request, const BytesSink& sink, milliseconds deadline) override {
        const auto* table = tableFor<overture_speech_synthesize_t>(OVERTURE_SPEECH_SYNTHESIZE);
        if (table == nullptr) return Instance::speak(request, sink, deadline);
        const auto what = std::string(OVERTURE_SPEECH_SYNTHESIZE) + " speak";
        const auto started = Slots::Steady::now();
        const auto place = slots_.take(started + deadline);
        if (!place) return stillBusy(what);
        const auto text = toText(request);
        const overture_audio_sink_t into{sizeof(overture_audio_sink_t), const_cast<BytesSink*>(&sink),
                                         putBytes};
        return run(what, started, deadline, [&](const overture_call_t* call, const overture_reply_t* reply) {
            return table->speak(instance_, call, {text.data(), text.size()}, &into, reply);
        });
    }

    Reply put(const Json& request, std::string_view object, milliseconds deadline) override {
        const auto* table = tableFor<overture_storage_t>(OVERTURE_STORAGE);
        if (table == nullptr) return Instance::put(request, object, deadline);
        const auto ask = [&](const overture_call_t* call, overture_text_t text,
                             const overture_reply_t* reply) {
            return table->put(instance_, call, text, {object.data(), object.size()}, reply);
        };
        return keep("put", request, deadline, ask);
    }

    Reply get(const Json& request, const BytesSink& sink, milliseconds deadline) override {
        const auto* table = tableFor<overture_storage_t>(OVERTURE_STORAGE);
        if (table == nullptr) return Instance::get(request, sink, deadline);
        const overture_object_sink_t into{sizeof(overture_object_sink_t), const_cast<BytesSink*>(&sink),
                                          putBytes};
        const auto ask = [&](const overture_call_t* call, overture_text_t text,
                             const overture_reply_t* reply) {
            return table->get(instance_, call, text, &into, reply);
        };
        return keep("get", request, deadline, ask);
    }

    Reply listen(const Json& request, Hearing& hearing, std::unique_ptr<Listening>& listening,
                 milliseconds deadline) override {
        const auto* table = tableFor<overture_speech_transcribe_t>(OVERTURE_SPEECH_TRANSCRIBE);
        if (table == nullptr) return Instance::listen(request, hearing, listening, deadline);
        std::unique_ptr<Stream> stream;
        auto answer = begin(OVERTURE_SPEECH_TRANSCRIBE, *table, request, hearing, stream, deadline);
        listening = std::move(stream);
        return answer;
    }

    Reply converse(const Json& request, Hearing& hearing, std::unique_ptr<Conversing>& conversing,
                   milliseconds deadline) override {
        const auto* table = tableFor<overture_speech_converse_t>(OVERTURE_SPEECH_CONVERSE);
        if (table == nullptr) return Instance::converse(request, hearing, conversing, deadline);
        std::unique_ptr<Stream> stream;
        auto answer = begin(OVERTURE_SPEECH_CONVERSE, *table, request, hearing, stream, deadline);
        if (stream) conversing = std::make_unique<Conversation>(*this, *table, std::move(stream));
        return answer;
    }

    Table tableOf(std::string_view capability) override {
        if (!offers(capability)) return {};
        return {library_->tables().find(capability)->second, instance_};
    }

private:
    /// Of speech.converse/1; its stream keeps the instance.
    class Conversation final : public Conversing {
    public:
        Conversation(Bound& bound, const overture_speech_converse_t& table, std::unique_ptr<Stream> stream)
            : bound_(bound), table_(table), stream_(std::move(stream)) {}
        void audio(std::string_view bytes) override { stream_->audio(bytes); }
        void finish() override { stream_->finish(); }
        Reply answer(std::string_view request, milliseconds deadline, const Pieces& pieces,
                     const Pieces& sound) override {
            const auto what = std::string(OVERTURE_SPEECH_CONVERSE) + " answer";
            const auto started = Slots::Steady::now();
            const auto place = bound_.slots_.take(started + deadline);
            if (!place) return bound_.stillBusy(what);
            const overture_audio_sink_t into{sizeof(overture_audio_sink_t), const_cast<Pieces*>(&sound),
                                             putBytes};
            const auto ask = [&](const overture_call_t* call, const overture_reply_t* reply) {
                return table_.answer(stream_->get(), call, {request.data(), request.size()}, &into, reply);
            };
            return bound_.run(what, started, deadline, ask, &pieces);
        }

    private:
        Bound& bound_;
        const overture_speech_converse_t& table_;
        std::unique_ptr<Stream> stream_;
    };

    /// A stream of whoever hears.
    template <typename Hears>
    Reply begin(const char* capability, const Hears& table, const Json& request, Hearing& hearing,
                std::unique_ptr<Stream>& stream, milliseconds deadline) {
        const auto what = std::string(capability) + " listen";
        const auto text = toText(request);
        auto ear = std::make_unique<Ear>(plugin(), hearing);
        overture_listening_t* made = nullptr;
        const auto ask = [&](const overture_call_t* call, const overture_reply_t* reply) {
            return table.listen(instance_, call, {text.data(), text.size()}, ear->get(), &made, reply);
        };
        auto answer = run(what, Slots::Steady::now(), deadline, ask);
        if (answer.ok() && made == nullptr) return breach(what, "it made no stream and said ok");
        if (answer.ok())
            stream = std::make_unique<Stream>(shared_from_this(),
                                              Stream::Slots{table.audio, table.finish, table.close}, made,
                                              std::move(ear));
        return answer;
    }

    Reply callWith(std::string_view capability, std::string_view operation, std::string_view request,
                   milliseconds deadline, const Pieces* pieces) {
        const auto what = std::string(capability) + " " + std::string(operation);
        if (!offers(capability))
            return because(Outcome::unsupported,
                           "plugin " + plugin() + " does not offer " + std::string(capability));
        const auto slot = slotOf(capability, operation, library_->tables().find(capability)->second);
        if (slot == nullptr) {
            const auto all = operationsOf(capability);
            if (std::find(all.begin(), all.end(), operation) != all.end())
                return because(Outcome::unsupported, "plugin " + plugin() + " has no " + what);
            return because(Outcome::unsupported, std::string(capability) + " has no operation " +
                                                     std::string(operation) + "; it has " + join(all, ", "));
        }
        const auto started = Slots::Steady::now();
        const auto place = goesOut(capability, operation) ? slots_.take(started + deadline) : Slots::Slot();
        if (goesOut(capability, operation) && !place) return stillBusy(what);
        const auto ask = [&](const overture_call_t* call, const overture_reply_t* reply) {
            return slot(instance_, call, {request.data(), request.size()}, reply);
        };
        return run(what, started, deadline, ask, pieces);
    }

    /// One of the storage's functions that are no operations.
    template <typename Ask>
    Reply keep(const char* operation, const Json& request, milliseconds deadline, const Ask& ask) {
        const auto what = std::string(OVERTURE_STORAGE) + " " + operation;
        const auto started = Slots::Steady::now();
        const auto place = slots_.take(started + deadline);
        if (!place) return stillBusy(what);
        const auto text = toText(request);
        return run(what, started, deadline, [&](const overture_call_t* call, const overture_reply_t* reply) {
            return ask(call, {text.data(), text.size()}, reply);
        });
    }

    Reply stillBusy(const std::string& what) const {
        auto reply =
            because(Outcome::transient,
                    "plugin " + plugin() + ", " + what + ": " + std::to_string(terms_.callsAtOnce) +
                        " calls of this binding were at work until the deadline; more may not run at once");
        reply.notCalled = true;
        return reply;
    }

    Reply breach(const std::string& what, const std::string& why) const {
        return because(Outcome::internal, "plugin " + plugin() + ", " + what + ": " + why);
    }

    /// nullptr when this binding does not offer it.
    template <typename Wanted>
    const Wanted* tableFor(std::string_view capability) {
        return static_cast<const Wanted*>(tableOf(capability).table);
    }

    template <typename Operation>
    Reply run(const std::string& what, Slots::Steady::time_point started, milliseconds deadline,
              Operation operation, const Pieces* pieces = nullptr) {
        Put put;
        put.pieces = pieces;
        const overture_reply_t reply{sizeof(overture_reply_t),
                                     &put,
                                     putDocument,
                                     putProblem,
                                     putRetryAfter,
                                     pieces == nullptr ? nullptr : putPiece};
        const auto waited = std::chrono::floor<milliseconds>(Slots::Steady::now() - started);
        const overture_call_t call{sizeof(overture_call_t),
                                   std::max(deadline - waited, milliseconds(0)).count()};
        overture_outcome_t outcome = OVERTURE_INTERNAL;
        const CallDeadline running(started + deadline);
        const auto trouble = guarded([&] { outcome = operation(&call, &reply); });
        if (put.thrown) std::rethrow_exception(put.thrown);
        const auto spent = std::chrono::steady_clock::now() - started;
        if (spent > deadline + milliseconds(250))
            log::warning("plugin.late", {{"plugin", plugin()},
                                         {"call", what},
                                         {"deadline_ms", deadline.count()},
                                         {"spent_ms", std::chrono::floor<milliseconds>(spent).count()}});
        auto answer = trouble.empty() ? judge(std::move(put), outcome, what) : breach(what, trouble);
        metrics::observe("overture_plugin_call_duration_seconds",
                         {{"plugin", plugin()}, {"call", what}, {"outcome", nameOf(answer.outcome)}}, spent);
        return answer;
    }

    Reply judge(Put put, overture_outcome_t outcome, const std::string& what) const {
        if (outcome < OVERTURE_OK || outcome > OVERTURE_INTERNAL)
            return breach(what,
                          "it answered with outcome " + std::to_string(outcome) + ", which does not exist");
        put.reply.outcome = static_cast<Outcome>(outcome);
        if (!put.reply.ok()) return std::move(put.reply);
        if (!put.any) return breach(what, "it answered ok without a document");
        if (put.tooLarge) return breach(what, "its document is larger than 8 MiB");
        auto document = parseJson(put.document, "document");
        if (!document) return breach(what, "its document is not valid JSON");
        if (!document->is_object()) return breach(what, "its document is not a JSON object");
        return {Outcome::ok, std::move(*document), {}, {}, {}};
    }

    std::shared_ptr<Library> library_;
    HostTable host_;
    Terms terms_;
    Slots slots_;
    overture_instance_t* instance_ = nullptr;
};

}  // namespace

Result<std::shared_ptr<Instance>> createInstance(std::shared_ptr<Library> library, const Services& services,
                                                 const Json& settings, const Secrets& secrets, Terms terms) {
    const auto id = library->manifest().id;
    auto bound = std::make_shared<Bound>(std::move(library), services, secrets, std::move(terms));
    if (auto trouble = bound->create(settings); !trouble.empty()) return Problem{trouble, "plugin " + id, ""};
    return std::shared_ptr<Instance>(std::move(bound));
}

}  // namespace overture::plugin
