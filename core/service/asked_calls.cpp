#include "service/asked_calls.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

#include "base/digest.hpp"
#include "base/log.hpp"
#include "base/text.hpp"
#include "call/manners.hpp"
#include "call/recital.hpp"
#include "compliance/recording.hpp"
#include "plugin/media.hpp"
#include "queries/service.hpp"
#include "service/hand_over.hpp"
#include "service/recordings.hpp"
#include "turn/mailbox.hpp"

namespace overture::service {
namespace {

using Ticking = std::chrono::steady_clock;

constexpr auto kGlance = milliseconds(50);
constexpr auto kMayContinue = milliseconds(300);  // an attempt of the turn that failed is followed by another
constexpr auto kMayBegin = milliseconds(2000);
constexpr auto kLongestSilence = seconds(18);     // carriers give up at 20
constexpr auto kAskedAgain = milliseconds(1500);  // who broke off and asks the same again does it at once
constexpr auto kRemembered = minutes(2);
constexpr std::string_view kHead =
    "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nCache-Control: no-store\r\nX-Accel-Buffering: "
    "no\r\n"
    "Connection: close\r\n\r\n";

std::string dumped(const Json& document) {
    return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// What was heard of a text when the last words that were heard are these; nothing when they are of something else.
std::optional<std::string> heardPartOf(const std::string& text, const std::string& played) {
    const auto ours = call::wordsOf(text), last = call::wordsOf(played);
    if (ours.empty() || last.empty()) return std::nullopt;
    if (std::search(last.begin(), last.end(), ours.begin(), ours.end()) != last.end()) return text;
    for (auto count = std::min(ours.size(), last.size()); count > 0; --count)
        if (std::equal(ours.begin(), ours.begin() + static_cast<std::ptrdiff_t>(count),
                       last.end() - static_cast<std::ptrdiff_t>(count)))
            return call::firstWords(text, count);
    return std::nullopt;
}

}  // namespace

/// One request's words, and the call they were said in.
struct AskedCalls::Asked {
    OrganizationId organization;
    ConversationId conversation;
    std::string call, key, text, transferTo, state;
    std::vector<std::string> said = {};  ///< in answer to them, by a turn that is over
    bool answered = false;
};

/// What is said in answer to some words, to everybody who asked for it.
struct AskedCalls::Answer {
    struct Out {
        Poco::Net::StreamSocket socket;
        std::unique_ptr<plugin::Media> media;
    };
    explicit Answer(Asked given) : asked(std::move(given)) {}

    bool put(Out& out, int kind, const Json& text) const {
        std::string bytes;
        out.media->write({kind, -1, dumped(text), {}}, [&](bool, std::string_view piece) { bytes += piece; });
        return write(out, bytes);
    }
    static bool write(Out& out, std::string_view bytes) {
        const auto sent =
            ::send(out.socket.impl()->sockfd(), bytes.data(), bytes.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        return sent == static_cast<ssize_t>(bytes.size());  // who has not read 100 sentences is gone
    }
    static bool gone(const Out& out) {
        char byte = 0;
        const auto got = ::recv(out.socket.impl()->sockfd(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
        return got == 0 || (got < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR);
    }
    bool putSentence(Out& out, const std::string& sentence) const {
        return put(out, OVERTURE_MEDIA_SAY, {{"text", sentence}, {"last", false}, {"interruptible", true}});
    }
    void putEnd(Out& out) const {
        if (ending.is_null())
            put(out, OVERTURE_MEDIA_SAY, {{"text", ""}, {"last", true}, {"interruptible", true}});
        else
            put(out, OVERTURE_MEDIA_STOPPED, ending);
        try {
            out.socket.shutdownSend();
        } catch (const std::exception&) {  // gone already
        }
    }

    const Asked asked;
    std::mutex mutex;
    std::vector<std::string> sentences;
    std::vector<Out> outs;
    Json ending;  // what the carrier is told besides: {reason}, {transfer}
    bool over = false, superseded = false, inTranscript = false;
    bool mute = false;  // no turn has anything to say here
    int sayings = 0;
    Ticking::time_point endAt = Ticking::now() + kLongestSilence, heardAt = Ticking::now();
};

class AskedCalls::Saying final : public agent::Speaker {
public:
    explicit Saying(std::shared_ptr<Answer> answer) : answer_(std::move(answer)) {
        const std::scoped_lock lock(answer_->mutex);
        ++answer_->sayings;
    }
    ~Saying() override {
        const std::scoped_lock lock(answer_->mutex);
        if (--answer_->sayings == 0)
            answer_->endAt = Ticking::now() + (answer_->sentences.empty() ? kMayBegin : kMayContinue);
    }
    bool say(const std::string& sentence) override {
        const std::scoped_lock lock(answer_->mutex);
        auto& one = *answer_;
        if (one.over || one.superseded || one.mute) return false;
        std::erase_if(one.outs, [](const auto& out) { return Answer::gone(out); });
        if (!one.outs.empty()) one.heardAt = Ticking::now();
        if (Ticking::now() - one.heardAt > kAskedAgain) return false;
        one.sentences.push_back(sentence);
        std::erase_if(one.outs, [&](auto& out) { return !one.putSentence(out, sentence); });
        return true;
    }
    std::vector<std::string> said() const override {
        const std::scoped_lock lock(answer_->mutex);
        return answer_->sentences;
    }

private:
    const std::shared_ptr<Answer> answer_;
};

AskedCalls::AskedCalls(store::Database& database, const Clock& clock, agent::Instances& instances,
                       Options options, std::function<void()> wake)
    : database_(database),
      clock_(clock),
      instances_(instances),
      options_(std::move(options)),
      wake_(std::move(wake)),
      watcher_([this] { watch(); }) {}

AskedCalls::~AskedCalls() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    changed_.notify_all();
    watcher_.join();
    for (const auto& [key, answer] : answers_) {
        const std::scoped_lock lock(answer->mutex);
        for (auto& out : answer->outs) answer->putEnd(out);
    }
}

std::optional<HttpAnswer> AskedCalls::ask(const OrganizationId& organization, const BindingId& binding,
                                          const Json& request,
                                          const std::function<Poco::Net::StreamSocket()>& take) {
    auto media = plugin::Media::open(instances_.of(organization, binding));
    if (!media) return HttpAnswer{404, "text/plain", "this binding has no calls\n"};
    Json started, heard;
    std::string played, problem;
    media->read(
        false, dumped(request),
        [&](const plugin::Media::Message& one) {
            if (one.kind == OVERTURE_MEDIA_PLAYED) played = one.text;
            if (one.kind != OVERTURE_MEDIA_STARTED && one.kind != OVERTURE_MEDIA_HEARD) return;
            if (auto read = parseJson(std::string(one.text), "words"))
                (one.kind == OVERTURE_MEDIA_STARTED ? started : heard) = std::move(*read);
        },
        [&](std::string_view sentence) { problem = sentence; });
    if (!started.is_object()) {
        log::warning("media_problem", {{"binding", binding.text()}, {"problem", problem}});
        return HttpAnswer{403, "text/plain", problem + "\n"};
    }
    const auto answer = asked(organization, binding, started, played, heard);
    if (!answer) return HttpAnswer{404, "text/plain", "there is no such call, or it is over\n"};
    wake_();
    auto socket = take();
    socket.setBlocking(false);
    socket.setNoDelay(true);
    Answer::Out out{std::move(socket), std::move(media)};
    const std::scoped_lock lock(answer->mutex);
    if (!Answer::write(out, kHead)) return std::nullopt;
    for (const auto& sentence : answer->sentences)
        if (!answer->putSentence(out, sentence)) return std::nullopt;
    if (answer->over)
        answer->putEnd(out);
    else
        answer->outs.push_back(std::move(out));
    return std::nullopt;
}

/// In one transaction: the call is ours for a while, what was heard of our last words, and what they said to them. Where it is answered is
/// known before a turn can see it.
std::shared_ptr<AskedCalls::Answer> AskedCalls::asked(const OrganizationId& organization,
                                                      const BindingId& binding, const Json& started,
                                                      const std::string& played, const Json& heard) {
    const auto now = clock_.now();
    const auto id = DeliveryId::parse(textOf(started, "call_id"));
    auto tx = database_.begin(organization);
    const auto rows =
        tx.run(sql::service::ask_call, {organization, binding, id ? store::Param(*id) : store::Param(nullptr),
                                        textOf(started, "reference"), options_.engine, now,
                                        now + options_.sign, now + options_.longest});
    if (rows.empty()) return nullptr;
    const auto row = rows[0];
    Asked one{organization,
              row.id<ConversationId>("conversation_id"),
              row.uuid("call_id").text(),
              "",
              std::string(trim(toValidUtf8(textOf(heard, "text")))),
              row.text("transfer_to"),
              row.text("state")};
    const auto spoken = heard.is_object() ? heard.value("number", 0) : 0;
    one.key = "call:" + one.call + ":asked:" + std::to_string(spoken) + ":" +
              std::to_string(hash64(call::normalized(one.text)));
    const auto at = milliseconds(row.integer("at_ms"));
    store::RowSet lines({organization});
    auto number = row.integer("lines");
    const auto add = [&](const char* who, const std::string& text, milliseconds to) {
        const auto from = std::max(milliseconds(0), to - call::spokenLength(text));
        lines.add({one.call, ++number, who, text, "", from.count(), to.count(), 1.0, Json::array()});
    };
    bool fresh = !one.text.empty();
    if (fresh) {
        const auto posted = turn::post(tx, organization,
                                       {{EventId(uuid7(now, one.key)),
                                         one.conversation,
                                         "message",
                                         now,
                                         now,
                                         one.key,
                                         {{"text", one.text},
                                          {"from", row.text("phone")},
                                          {"channel", "voice"},
                                          {"binding_id", binding.text()},
                                          {"reference", row.text("reference")},
                                          {"call", one.call},
                                          {"asked", one.key},
                                          {"confidence", 1.0}}}});
        fresh = !posted.empty();
    }
    if (fresh && !played.empty()) {
        noteHeard(tx, one, played);
        add("agent", played, std::max(milliseconds(0), at - call::spokenLength(one.text)));
    }
    if (fresh && compliance::refusesRecording(one.text)) Recordings::refuse(tx, organization, one.call, now);
    if (fresh) {
        add("lead", one.text, at);
        tx.run(sql::service::insert_call_lines, lines.params());
    } else if (!one.text.empty()) {
        const auto before = tx.run(sql::service::answer_in_call, {organization, one.key, one.call});
        for (const auto found : before) {
            one.answered = !found.isNull("turn_number");
            if (!found.text("text").empty()) one.said.push_back(found.text("text"));
        }
    }
    auto answer = answerFor(one);
    tx.commit();
    return answer;
}

void AskedCalls::noteHeard(store::Transaction& tx, const Asked& one, const std::string& played) const {
    for (const bool opening : {false, true}) {
        const auto said = tx.run(sql::service::said_in_call,
                                 {one.organization, one.conversation,
                                  opening ? store::Param(one.call) : store::Param(nullptr), one.call});
        for (const auto row : said) {
            const auto heard = heardPartOf(row.text("text"), played);
            if (!heard) continue;
            tx.run(sql::service::note_heard,
                   {one.organization, one.conversation, row.integer("number"), Json{{"heard", *heard}}});
            return;
        }
    }
}

std::shared_ptr<AskedCalls::Answer> AskedCalls::answerFor(const Asked& one) {
    std::shared_ptr<Answer> answer, before;
    {
        const std::scoped_lock lock(mutex_);
        auto& kept = answers_[one.key];
        if (kept) return kept;
        answer = kept = std::make_shared<Answer>(one);
        before = std::exchange(latest_[one.call], answer);
    }
    if (before) {  // what answers older words is not said any more
        const std::scoped_lock lock(before->mutex);
        before->superseded = before->inTranscript = true;
        before->endAt = Ticking::now();
    }
    {
        const std::scoped_lock lock(answer->mutex);
        if (answer->sentences.empty()) answer->sentences = one.said;
        answer->mute = one.text.empty() || one.answered || one.state != "open";
        if (answer->mute) answer->endAt = Ticking::now();
    }
    changed_.notify_all();
    return answer;
}

std::shared_ptr<agent::Speaker> AskedCalls::speaker(const turn::Opened& opened) {
    const std::scoped_lock lock(mutex_);
    for (auto event = opened.events.rbegin(); event != opened.events.rend(); ++event)
        if (const auto found = answers_.find(textOf(event->payload, "asked")); found != answers_.end())
            return std::make_shared<Saying>(found->second);
    return nullptr;
}

void AskedCalls::ended(const std::string& call) {
    std::shared_ptr<Answer> last;
    {
        const std::scoped_lock lock(mutex_);
        const auto found = latest_.find(call);
        if (found == latest_.end()) return;
        last = found->second;
        latest_.erase(found);
    }
    std::string text;
    {
        const std::scoped_lock lock(last->mutex);
        last->superseded = true;
        last->endAt = Ticking::now();
        if (!std::exchange(last->inTranscript, true)) text = join(last->sentences, " ");
    }
    changed_.notify_all();
    if (text.empty()) return;
    constexpr int kLast = 1'000'000;  // after all others
    auto tx = database_.begin(last->asked.organization);
    store::RowSet lines({last->asked.organization});
    lines.add({call, kLast, "agent", text, "", 0, 0, 1.0, Json::array()});
    tx.run(sql::service::insert_call_lines, lines.params());
    tx.commit();
}

void AskedCalls::watch() {
    std::unique_lock lock(mutex_);
    while (!stopping_) {
        if (answers_.empty())
            changed_.wait(lock);
        else
            changed_.wait_for(lock, kGlance);
        std::vector<std::shared_ptr<Answer>> due;
        const auto now = Ticking::now();
        for (auto one = answers_.begin(); one != answers_.end();) {
            const std::scoped_lock own(one->second->mutex);
            const auto& answer = *one->second;
            const bool still = answer.sayings > 0 && !answer.superseded && !answer.mute;
            if (!answer.over && !still && answer.endAt <= now) due.push_back(one->second);
            const bool old = answer.over && now - answer.endAt > kRemembered;
            one = old ? answers_.erase(one) : std::next(one);
        }
        if (due.empty()) continue;
        lock.unlock();
        for (const auto& one : due) finish(*one);
        lock.lock();
    }
}

/// A conversation that its turn closed ends the call; one that waits for a person is connected with them.
void AskedCalls::finish(Answer& answer) {
    std::string state = "open";
    const bool latest = [&] {
        const std::scoped_lock lock(answer.mutex);
        return !answer.superseded;
    }();
    try {
        auto tx = database_.begin(answer.asked.organization);
        const auto rows =
            tx.run(sql::service::conversation_state, {answer.asked.organization, answer.asked.conversation});
        if (!rows.empty()) state = rows[0].text("state");
        if (state == "held" && !answer.asked.transferTo.empty() && latest)
            tellOfHandOver(tx,
                           {answer.asked.organization, answer.asked.conversation, answer.asked.call,
                            answer.asked.transferTo},
                           clock_.now());
        tx.commit();
    } catch (const std::exception& error) {
        log::error("calls_interrupted", {{"error", error.what()}});
    }
    const std::scoped_lock lock(answer.mutex);
    answer.over = true;
    if (!answer.superseded && state == "held" && !answer.asked.transferTo.empty())
        answer.ending = {{"transfer", {{"to", answer.asked.transferTo}, {"call_id", answer.asked.call}}}};
    else if (!answer.superseded && state != "open")
        answer.ending = {{"reason", state == "closed" ? "done" : state}};
    for (auto& out : answer.outs) answer.putEnd(out);
    answer.outs.clear();
}

}  // namespace overture::service
