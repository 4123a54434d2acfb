// The bodies of fake_host.hpp for sockets and speech.
#pragma once

namespace overture::testing {

inline const overture_host_websocket_t& FakeSocket::table() {
    static const overture_host_websocket_t table{
        sizeof(overture_host_websocket_t),
        &FakeHost::socket,
        [](overture_websocket_t* socket, overture_text_t text) {
            return take(socket, {false, sdk::detail::stringOf(text)});
        },
        [](overture_websocket_t* socket, overture_text_t bytes) {
            return take(socket, {true, sdk::detail::stringOf(bytes)});
        },
        [](overture_websocket_t* socket, int32_t code, overture_text_t) {
            std::scoped_lock lock(self(socket).mutex_);
            if (!self(socket).closed_) self(socket).closed_ = code;
        },
        [](overture_websocket_t* socket) {
            std::scoped_lock lock(self(socket).happening_, self(socket).mutex_);
            if (!self(socket).over_ && !self(socket).closed_) self(socket).closed_ = 1000;
            self(socket).events_ = nullptr;
            self(socket).over_ = true;
        }};
    return table;
}

inline overture_websocket_t* FakeHost::socket(const overture_host_t* host,
                                              const overture_websocket_request_t* asked,
                                              const overture_websocket_events_t* events) {
    using sdk::detail::stringOf;
    auto made = std::make_unique<FakeSocket>();
    made->url = stringOf(asked->url);
    for (std::size_t i = 0; i < asked->header_count; ++i)
        made->headers.emplace_back(stringOf(asked->headers[i].name), stringOf(asked->headers[i].value));
    made->delayMs = asked->delay_ms;
    made->deadlineMs = asked->deadline_ms;
    made->tickMs = asked->tick_ms;
    made->events_ = events;
    std::scoped_lock lock(self(host).mutex_);
    self(host).sockets_.push_back(std::move(made));
    return reinterpret_cast<overture_websocket_t*>(self(host).sockets_.back().get());
}

inline std::vector<FakeSocket*> FakeHost::sockets() const {
    std::scoped_lock lock(mutex_);
    std::vector<FakeSocket*> all;
    for (const auto& socket : sockets_) all.push_back(socket.get());
    return all;
}

inline int32_t FakeSocket::take(overture_websocket_t* socket, Message message) {
    std::scoped_lock lock(self(socket).mutex_);
    if (self(socket).over_ || self(socket).closed_) return OVERTURE_WEBSOCKET_OVER;
    if (self(socket).full_) return OVERTURE_WEBSOCKET_FULL;
    self(socket).sent_.push_back(std::move(message));
    return OVERTURE_WEBSOCKET_QUEUED;
}

template <typename Event>
void FakeSocket::happen(Event event) {
    std::scoped_lock running(happening_);
    if (!over()) event(events_);
}

inline void FakeSocket::open() {
    happen([](auto* events) { events->opened(events); });
}
inline void FakeSocket::say(const std::string& text) {
    happen([&](auto* events) { events->text(events, sdk::detail::textOf(text)); });
}
inline void FakeSocket::sayBytes(const std::string& bytes) {
    happen([&](auto* events) { events->binary(events, sdk::detail::textOf(bytes)); });
}
inline void FakeSocket::tick() {
    happen([](auto* events) { events->tick(events); });
}
inline void FakeSocket::end(int how, int code, std::string said, std::int64_t retryAfterMs) {
    const overture_websocket_end_t end{sizeof(overture_websocket_end_t),
                                       how,
                                       code,
                                       retryAfterMs,
                                       sdk::detail::textOf(said),
                                       sdk::detail::textOf("peer.example: it ended")};
    happen([&](auto* events) {
        {
            std::scoped_lock lock(mutex_);
            over_ = true;
        }
        events->closed(events, &end);
    });
}
inline std::vector<FakeSocket::Message> FakeSocket::sent() {
    std::scoped_lock lock(mutex_);
    return std::exchange(sent_, {});
}
inline std::optional<int> FakeSocket::closed() const {
    std::scoped_lock lock(mutex_);
    return closed_;
}
inline bool FakeSocket::over() const {
    std::scoped_lock lock(mutex_);
    return over_;
}
inline void FakeSocket::fill(bool full) {
    std::scoped_lock lock(mutex_);
    full_ = full;
}

template <typename Table>
FakeListening::FakeListening(const Table& table)
    : audio_(table.audio),
      finish_(table.finish),
      close_(table.close),
      heard_{sizeof(overture_heard_t), this, words, ended} {}

inline FakeListening::~FakeListening() {
    if (listening_ != nullptr) close_(listening_);
}
inline void FakeListening::audio(std::string_view bytes) {
    audio_(listening_, sdk::detail::textOf(bytes));
}
inline void FakeListening::finish() {
    finish_(listening_);
}

template <typename Step>
void FakeListening::hear(Step step) {
    const bool two = inside_.fetch_add(1) > 0;
    std::scoped_lock lock(mutex_);
    const auto note = [&](const std::string& breach) {
        if (breach_.empty()) breach_ = breach;
    };
    if (two) note("two functions of `heard` were called at once");
    if (ended_) note("something was said after `ended`");
    step(note);
    --inside_;
    changed_.notify_all();
}

inline void FakeListening::words(const overture_heard_t* heard, overture_text_t json) {
    auto& to = self(heard);
    to.hear([&](auto note) {
        auto document = Json::parse(std::string_view(json.data, json.size), nullptr, false);
        if (!document.is_object()) return note("words that are no JSON object");
        const auto kind = document.value("kind", "");
        if (kind != "started" && kind != "interim" && kind != "final" && kind != "ended_turn")
            return note("words of the kind \"" + kind + "\"");
        const auto text = document.value("text", "");
        if (!text.empty() && (kind == "final" || kind == "ended_turn"))
            to.finals_ += (to.finals_.empty() ? "" : " ") + text;
        to.words_.push_back(std::move(document));
    });
}

inline void FakeListening::ended(const overture_heard_t* heard, overture_outcome_t outcome,
                                 overture_text_t code, overture_text_t message) {
    auto& to = self(heard);
    to.hear([&](auto) {
        to.ended_ = Answer::no(static_cast<Outcome>(outcome), sdk::detail::stringOf(message),
                               sdk::detail::stringOf(code));
    });
}

inline std::vector<Json> FakeListening::words() {
    std::scoped_lock lock(mutex_);
    return std::exchange(words_, {});
}
inline std::string FakeListening::finals() const {
    std::scoped_lock lock(mutex_);
    return finals_;
}
inline std::optional<Answer> FakeListening::ended() const {
    std::scoped_lock lock(mutex_);
    return ended_;
}
inline bool FakeListening::waitForEnd(std::int64_t milliseconds) const {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, std::chrono::milliseconds(milliseconds),
                             [&] { return ended_.has_value(); });
}
inline std::string FakeListening::breach() const {
    std::scoped_lock lock(mutex_);
    return breach_;
}

template <typename Table>
const Table& Plugin::tableOf(const char* capability) const {
    const auto* table = static_cast<const Table*>(entry_->get_capability(capability));
    if (table == nullptr) throw std::runtime_error(std::string("the plugin has no table for ") + capability);
    return *table;
}

namespace detail {

/// `sink` outlives it.
inline overture_audio_sink_t audioSinkFor(const std::function<bool(std::string_view)>& sink) {
    using Sink = std::function<bool(std::string_view)>;
    return {sizeof(overture_audio_sink_t), const_cast<Sink*>(&sink),
            [](const overture_audio_sink_t* to, overture_text_t bytes) {
                const auto& given = *static_cast<const Sink*>(to->context);
                return given({bytes.data, bytes.size}) ? 0 : 1;
            }};
}

}  // namespace detail

inline Answer Plugin::speak(const Json& request, const std::function<bool(std::string_view)>& sink,
                            std::int64_t deadlineMs) {
    const auto& table = tableOf<overture_speech_synthesize_t>(OVERTURE_SPEECH_SYNTHESIZE);
    const auto text = sdk::detail::dump(request);
    const auto into = detail::audioSinkFor(sink);
    return run(nullptr, deadlineMs, [&](const overture_call_t* call, const overture_reply_t* reply) {
        return table.speak(instance_, call, sdk::detail::textOf(text), &into, reply);
    });
}

inline Answer Plugin::put(const Json& request, std::string_view object, std::int64_t deadlineMs) {
    const auto& table = tableOf<overture_storage_t>(OVERTURE_STORAGE);
    const auto text = sdk::detail::dump(request);
    return run(nullptr, deadlineMs, [&](const overture_call_t* call, const overture_reply_t* reply) {
        return table.put(instance_, call, sdk::detail::textOf(text), sdk::detail::textOf(object), reply);
    });
}

inline Answer Plugin::get(const Json& request, const std::function<bool(std::string_view)>& sink,
                          std::int64_t deadlineMs) {
    const auto& table = tableOf<overture_storage_t>(OVERTURE_STORAGE);
    const auto text = sdk::detail::dump(request);
    using Sink = std::function<bool(std::string_view)>;
    const overture_object_sink_t into{sizeof(overture_object_sink_t), const_cast<Sink*>(&sink),
                                      [](const overture_object_sink_t* to, overture_text_t bytes) {
                                          const auto& given = *static_cast<const Sink*>(to->context);
                                          return given({bytes.data, bytes.size}) ? 0 : 1;
                                      }};
    return run(nullptr, deadlineMs, [&](const overture_call_t* call, const overture_reply_t* reply) {
        return table.get(instance_, call, sdk::detail::textOf(text), &into, reply);
    });
}

inline Answer Plugin::listen(const Json& request, std::unique_ptr<FakeListening>& listening,
                             std::int64_t deadlineMs) {
    return listenAt<overture_speech_transcribe_t>(OVERTURE_SPEECH_TRANSCRIBE, request, listening, deadlineMs);
}

inline Answer Plugin::converse(const Json& request, std::unique_ptr<FakeListening>& listening,
                               std::int64_t deadlineMs) {
    return listenAt<overture_speech_converse_t>(OVERTURE_SPEECH_CONVERSE, request, listening, deadlineMs);
}

inline Answer Plugin::answer(FakeListening& listening, const Json& request, const sdk::Pieces& pieces,
                             const std::function<bool(std::string_view)>& sound, std::int64_t deadlineMs) {
    const auto& table = tableOf<overture_speech_converse_t>(OVERTURE_SPEECH_CONVERSE);
    const auto text = sdk::detail::dump(request);
    const auto into = detail::audioSinkFor(sound);
    return run(&pieces, deadlineMs, [&](const overture_call_t* call, const overture_reply_t* reply) {
        return table.answer(listening.listening_, call, sdk::detail::textOf(text), &into, reply);
    });
}

template <typename Table>
Answer Plugin::listenAt(const char* capability, const Json& request,
                        std::unique_ptr<FakeListening>& listening, std::int64_t deadlineMs) {
    const auto& table = tableOf<Table>(capability);
    const auto text = sdk::detail::dump(request);
    std::unique_ptr<FakeListening> made(new FakeListening(table));
    auto answer = run(nullptr, deadlineMs, [&](const overture_call_t* call, const overture_reply_t* reply) {
        return table.listen(instance_, call, sdk::detail::textOf(text), &made->heard_, &made->listening_,
                            reply);
    });
    if (answer.outcome == Outcome::ok && made->listening_ == nullptr)
        throw std::runtime_error("ok without a stream");
    if (answer.outcome == Outcome::ok) listening = std::move(made);
    return answer;
}

}  // namespace overture::testing
