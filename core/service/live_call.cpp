#include "service/live_call.hpp"

#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "base/log.hpp"
#include "base/metrics.hpp"
#include "base/text.hpp"
#include "compliance/recording.hpp"
#include "net/frames.hpp"

namespace overture::service {
namespace {

constexpr auto kListenDeadline = milliseconds(5000);
constexpr auto kRinging = seconds(25);  // who is to take the call
constexpr auto kSpeakDeadline = milliseconds(20000);
constexpr std::size_t kMostUnsent = 512 * 1024;  // bytes; who reads nothing of that is gone
constexpr int kMostProblems = 20;                // that are told of

}  // namespace

LiveCall::LiveCall(CallFacts facts, call::Plan plan, std::unique_ptr<plugin::Media> media,
                   Poco::Net::StreamSocket socket, Around around)
    : tape_(std::exchange(facts.tape, nullptr)),
      facts_(std::move(facts)),
      around_(std::move(around)),
      session_(std::move(plan)),
      media_(std::move(media)),
      socket_(std::move(socket)),
      lines_(facts_.linesBefore + 1),
      returned_(facts_.returned) {}

LiveCall::~LiveCall() = default;

call::Moment LiveCall::now() const {
    return std::chrono::floor<milliseconds>(Steady::now() - begun_);
}

void LiveCall::begin() {
    if (facts_.hearing) listen();
    const std::scoped_lock lock(mutex_);
    put(OVERTURE_MEDIA_LANGUAGE, facts_.language, {});
    session_.started(now());
    obey();
}

void LiveCall::listen() {
    std::unique_ptr<plugin::Listening> made;
    std::unique_ptr<plugin::Conversing> conversing;
    Json request{{"language", facts_.language}, {"encoding", "mulaw"}, {"rate", call::kRate}};
    if (facts_.conversing) request.update(facts_.voice);
    const auto reply = facts_.conversing
                           ? facts_.hearing->converse(request, *this, conversing, kListenDeadline)
                           : facts_.hearing->listen(request, *this, made, kListenDeadline);
    if (!reply.ok()) {
        const std::scoped_lock lock(wordsMutex_);
        deaf_ = reply;
        return;
    }
    const std::scoped_lock lock(mutex_);
    listening_ = std::move(made);
    conversing_ = std::move(conversing);
}

void LiveCall::read(bool binary, std::string_view message) {
    const std::scoped_lock lock(mutex_);
    media_->read(
        binary, message, [this](const plugin::Media::Message& one) { hear(one); },
        [this](std::string_view sentence) {
            if (++problems_ <= kMostProblems)
                log::warning("media_problem", {{"call", facts_.id}, {"problem", std::string(sentence)}});
        });
    obey();
}

void LiveCall::hear(const plugin::Media::Message& message) {
    switch (message.kind) {
        case OVERTURE_MEDIA_AUDIO: return session_.sound(now(), message.atMs, message.bytes);
        case OVERTURE_MEDIA_MARK: return session_.played(now(), std::string(message.text));
        case OVERTURE_MEDIA_KEY: return session_.key(now(), std::string(message.text));
        case OVERTURE_MEDIA_STOPPED: return session_.stopped(now(), "hung_up");
        case OVERTURE_MEDIA_PLAYED: return session_.playedWords(now(), std::string(message.text));
        case OVERTURE_MEDIA_INTERRUPTED: return session_.interrupted(now(), std::string(message.text));
        case OVERTURE_MEDIA_VOICE: return session_.voice(now(), message.text == "started");
        case OVERTURE_MEDIA_HEARD:
            if (const auto words = parseJson(std::string(message.text), "words"))
                session_.recognized(now(), call::Recognized::fromJson(*words));
            return;
        default: return;
    }
}

void LiveCall::socketGone() {
    const std::scoped_lock lock(mutex_);
    session_.stopped(now(), "hung_up");
    obey();
}

void LiveCall::tick() {
    const std::scoped_lock lock(mutex_);
    session_.tick(now());
    obey();
}

void LiveCall::words(const Json& document) {
    {
        const std::scoped_lock lock(wordsMutex_);
        words_.push_back(document);
    }
    around_.ring();
}

void LiveCall::ended(const plugin::Reply& why) {
    if (why.ok()) return;
    const std::scoped_lock lock(wordsMutex_);
    deaf_ = why;
}

void LiveCall::takeWords() {
    std::vector<Json> came;
    std::optional<plugin::Reply> deaf;
    {
        const std::scoped_lock lock(wordsMutex_);
        came.swap(words_);
        deaf = std::exchange(deaf_, std::nullopt);
    }
    if (came.empty() && !deaf) return;
    const std::scoped_lock lock(mutex_);
    for (const auto& one : came) session_.recognized(now(), call::Recognized::fromJson(one));
    session_.tick(now());  // an answer does not wait for the clock
    if (deaf) {
        log::error("call_deaf", {{"call", facts_.id}, {"problem", deaf->message}});
        session_.end(now(), "deaf", true);
    }
    obey();
}

void LiveCall::answeredBy(call::Who who) {
    const std::scoped_lock lock(mutex_);
    session_.answeredBy(now(), who);
    obey();
}

void LiveCall::end(const std::string& reason, bool politely) {
    const std::scoped_lock lock(mutex_);
    session_.end(now(), reason, politely);
    obey();
}

void LiveCall::notTransferred() {
    const std::scoped_lock lock(mutex_);
    if (!session_.transferring()) return;
    returned_ = true;
    answeredSince_ = false;
    session_.notTransferred(now());
    for (const auto& sentence : facts_.nobody) session_.tell(now(), sentence);
    if (facts_.nobody.empty()) session_.end(now(), "not_transferred", true);
    obey();
}

void LiveCall::transfer(const std::string& to, const std::string& aloud) {
    const std::scoped_lock lock(mutex_);
    aloud_ = aloud;
    session_.transfer(now(), to);
    obey();
}

std::string LiveCall::aloud() const {
    const std::scoped_lock lock(mutex_);
    return aloud_;
}

void LiveCall::firstToken() {
    const std::scoped_lock lock(mutex_);
    session_.firstToken(now());
}

void LiveCall::beSlow(bool slow) {
    const std::scoped_lock lock(mutex_);
    session_.beSlow(slow);
}

int LiveCall::beginSpeech(int utterance) {
    const std::scoped_lock lock(mutex_);
    if (over_ || utterance < session_.utterances()) return 0;
    return session_.beginSpeech(now());
}

bool LiveCall::say(int speech, const std::string& key, const std::string& sentence, bool own) {
    const std::scoped_lock lock(mutex_);
    if (speech == 0 || !session_.say(now(), speech, sentence)) return false;
    answers_[key].push_back(sentence);
    speeches_[speech].push_back(sentence);
    sayingOwn_ = own;
    obey();
    sayingOwn_ = false;
    if (own) playOwn();
    return true;
}

/// Its sound waits until its sentences were reviewed, and is dropped with those that are not said.
plugin::Reply LiveCall::answer(int speech, std::string_view request, milliseconds deadline,
                               const plugin::Pieces& pieces) {
    std::shared_ptr<plugin::Conversing> conversing;
    {
        const std::scoped_lock lock(mutex_);
        conversing = conversing_;
        own_.emplace(OwnSound{speech});
    }
    if (!conversing || speech == 0)
        return {plugin::Outcome::cancelled, {}, {}, "nobody hears this call any more", {}};
    const auto hear = [&](std::string_view sound) {
        const std::scoped_lock lock(mutex_);
        if (over_ || !own_ || own_->speech != speech) return false;
        own_->sound.sound(sound);
        playOwn();
        return true;
    };
    plugin::Reply reply;
    std::exception_ptr thrown;
    try {
        reply = conversing->answer(request, deadline, pieces, hear);
    } catch (...) {
        thrown = std::current_exception();
    }
    const std::scoped_lock lock(mutex_);
    if (own_ && own_->speech == speech) endOwn(reply);
    if (thrown) std::rethrow_exception(thrown);
    return reply;
}

/// With the lock held.
void LiveCall::endOwn(const plugin::Reply& reply) {
    own_->sound.soundEnded();
    if (reply.ok() && textOf(reply.document, "finish") == "stop")
        own_->sound.allReviewed();
    else
        own_->sound.cut();
    if (own_->sound.silent())  // words without a sound
        for (const auto& [sentence, text] : own_->sound.texts()) synthesize(sentence, text);
    else
        playOwn();
    own_.reset();
}

/// With the lock held.
void LiveCall::playOwn() {
    if (!own_) return;
    for (const auto& piece : own_->sound.take()) {
        if (unwanted_.contains(piece.sentence)) {
            if (piece.last) unwanted_.erase(piece.sentence);
            continue;
        }
        session_.synthesized(now(), piece.sentence, piece.mulaw);
        if (piece.last) session_.spoken(now(), piece.sentence);
    }
    session_.tick(now());
    obey();
}

void LiveCall::endSpeech(int speech) {
    const std::scoped_lock lock(mutex_);
    if (speech != 0) session_.endSpeech(now(), speech);
    obey();
}

std::vector<std::string> LiveCall::said(const std::string& key) const {
    const std::scoped_lock lock(mutex_);
    const auto found = answers_.find(key);
    return found == answers_.end() ? std::vector<std::string>{} : found->second;
}

std::string LiveCall::generated(int speech) const {
    const std::scoped_lock lock(mutex_);
    const auto found = speeches_.find(speech);
    return found == speeches_.end() ? std::string() : join(found->second, " ");
}

std::string LiveCall::who() const {
    const std::scoped_lock lock(mutex_);
    return session_.who() ? std::string(call::nameOf(*session_.who())) : std::string();
}

Json LiveCall::figures() const {
    const std::scoped_lock lock(mutex_);
    const auto& arrival = session_.arrival();
    return {{"legs", legs_},
            {"frames", arrival.frames},
            {"frames_missing", arrival.missing},
            {"frames_late", arrival.late},
            {"frames_wrong", arrival.wrong},
            {"problems", problems_},
            {"late_ms", session_.late().count()}};
}

/// From each moment of an answer to the next, and from their last sound to our first.
void LiveCall::noteLeg(const Json& leg) {
    const auto observe = [&](const char* name, const char* from, const char* to) {
        if (leg.contains(from) && leg.contains(to))
            metrics::observe("overture_call_leg_seconds", {{"leg", name}},
                             milliseconds(leg[to].get<std::int64_t>() - leg[from].get<std::int64_t>()));
    };
    observe("words", "end_of_speech", "final_words");
    observe("turn_end", "end_of_speech", "accepted");
    observe("first_token", "accepted", "first_token");
    observe("reviewed_sentence", leg.contains("first_token") ? "first_token" : "accepted", "first_sentence");
    observe("first_audio", "first_sentence", "first_audio");
    observe("all", "end_of_speech", "first_sound");
    legs_.push_back(leg);
}

/// With the lock held.
void LiveCall::obey() {
    for (auto acts = session_.take(); !acts.empty(); acts = session_.take())
        for (auto& act : acts) {
            if (const auto* sound = std::get_if<call::SendSound>(&act)) {
                put(OVERTURE_MEDIA_AUDIO, {}, sound->mulaw);
            } else if (const auto* mark = std::get_if<call::SendMark>(&act)) {
                put(OVERTURE_MEDIA_MARK, mark->name, {});
            } else if (std::holds_alternative<call::SendClear>(act)) {
                put(OVERTURE_MEDIA_CLEAR, {}, {});
            } else if (const auto* kept = std::get_if<call::Keep>(&act)) {
                if (tape_) tape_->put(kept->ours, kept->at, kept->mulaw);
            } else if (const auto* words = std::get_if<call::SendText>(&act)) {
                putDocument(
                    OVERTURE_MEDIA_SAY,
                    {{"text", words->text}, {"last", words->last}, {"interruptible", words->interruptible}});
            } else if (const auto* moved = std::get_if<call::Transfer>(&act);
                       moved != nullptr &&
                       putDocument(OVERTURE_MEDIA_STOPPED, {{"transfer",
                                                             {{"to", moved->to},
                                                              {"ring_seconds", kRinging.count()},
                                                              {"call_id", facts_.id},
                                                              {"summary", aloud_}}}})) {
                continue;  // its carrier is told by the stream itself
            } else if (const auto* heard = std::get_if<call::Recognize>(&act)) {
                if (listening_) listening_->audio(heard->mulaw);
                if (conversing_) conversing_->audio(heard->mulaw);
            } else if (const auto* asked = std::get_if<call::Synthesize>(&act)) {
                if (sayingOwn_ && own_)
                    own_->sound.sentence(asked->sentence, asked->text);
                else
                    synthesize(asked->sentence, asked->text);
            } else if (const auto* forgotten = std::get_if<call::Forget>(&act)) {
                unwanted_.insert(forgotten->sentence);
            } else {
                if (const auto* signal = std::get_if<call::Signal>(&act);
                    signal != nullptr && signal->kind == "leg")
                    noteLeg(signal->details);
                if (const auto* said = std::get_if<call::Said>(&act)) {
                    spoke_ = answeredSince_ = true;
                    heedRefusal(said->text, true);
                }
                if (const auto* line = std::get_if<call::Line>(&act);
                    line != nullptr && line->kind == "leave")
                    left_ = true;
                if (const auto* line = std::get_if<call::Line>(&act);
                    line != nullptr && line->who == "lead" && line->kind != "machine" &&
                    line->kind != "screening")
                    heedRefusal(line->text, false);
                if (const auto* over = std::get_if<call::HangUp>(&act)) {
                    putDocument(OVERTURE_MEDIA_STOPPED, {{"reason", over->reason}});
                    over_ = true;
                    if (tape_) tape_->close();
                }
                around_.desk(shared_from_this(), std::move(act));
            }
        }
    flush();
}

/// At once, not after a turn: their words are looked at as they are recognized, and as a whole when they count. They are told when
/// they have finished.
void LiveCall::heedRefusal(const std::string& words, bool whole) {
    theirWords_ += " " + words;
    if (!unrecorded_ && compliance::refusesRecording(whole ? words : theirWords_)) {
        unrecorded_ = true;
        tape_.reset();
        around_.desk(shared_from_this(), call::Signal{"recording_refused", Json::object()});
    }
    if (!whole) return;
    theirWords_.clear();
    if (!unrecorded_ || std::exchange(toldUnrecorded_, true)) return;
    for (const auto& sentence : facts_.unrecorded) session_.tell(now(), sentence);
}

void LiveCall::synthesize(int sentence, const std::string& text) {
    around_.speaking([self = shared_from_this(), sentence, text] {
        if (!self->wanted(sentence)) return;
        Json request{{"text", text},
                     {"language", self->facts_.language},
                     {"encoding", "mulaw"},
                     {"rate", call::kRate}};
        request.update(self->facts_.voice);
        const auto reply = self->facts_.speaking->speak(
            request,
            [&](std::string_view piece) {
                const std::scoped_lock lock(self->mutex_);
                if (self->over_ || self->unwanted_.contains(sentence)) return false;
                self->session_.synthesized(self->now(), sentence, piece);
                self->session_.tick(self->now());
                self->obey();
                return true;
            },
            kSpeakDeadline);
        const std::scoped_lock lock(self->mutex_);
        if (self->unwanted_.erase(sentence) > 0 || self->over_) return;
        if (reply.ok()) {
            self->session_.spoken(self->now(), sentence);
        } else {
            log::error("sentence_unspoken", {{"call", self->facts_.id}, {"problem", reply.message}});
            self->session_.unspoken(self->now(), sentence);
        }
        self->obey();
    });
}

bool LiveCall::wanted(int sentence) const {
    const std::scoped_lock lock(mutex_);
    return !over_ && !unwanted_.contains(sentence);
}

bool LiveCall::putDocument(int kind, const Json& document) {
    return put(kind, document.dump(-1, ' ', false, Json::error_handler_t::replace), {});
}

bool LiveCall::put(int kind, std::string_view text, std::string_view bytes) {
    return media_->write({kind, -1, text, bytes}, [this](bool binary, std::string_view message) {
        out_ += net::frame(net::Side::server, binary ? net::Opcode::binary : net::Opcode::text, message);
    });
}

void LiveCall::sendControl(const std::string& bytes) {
    const std::scoped_lock lock(mutex_);
    out_ += bytes;
    flush();
}

void LiveCall::listenNoMore() {
    std::unique_ptr<plugin::Listening> listening;
    std::shared_ptr<plugin::Conversing> conversing;  // an answer may be on its way: it ends then
    const std::scoped_lock lock(mutex_);
    listening.swap(listening_);
    conversing.swap(conversing_);
}

/// As much as the socket takes now; the next tick goes on.
void LiveCall::flush() {
    while (!out_.empty()) {
        const auto sent =
            ::send(socket_.impl()->sockfd(), out_.data(), out_.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent <= 0) {
            if (sent < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) out_.clear();
            break;
        }
        out_.erase(0, static_cast<std::size_t>(sent));
    }
    if (out_.size() > kMostUnsent) {
        out_.clear();
        session_.stopped(now(), "carrier_reads_nothing");
    }
}

}  // namespace overture::service
