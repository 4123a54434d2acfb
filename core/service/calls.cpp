#include "service/calls.hpp"

#include <sodium.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <map>
#include <thread>
#include <unordered_map>

#include "base/digest.hpp"
#include "base/failpoint.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "net/frames.hpp"
#include "queries/service.hpp"
#include "service/hands.hpp"
#include "service/live_call.hpp"
#include "tenant/tenants.hpp"
#include "turn/mailbox.hpp"

namespace overture::service {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t kLargestMessage = 64 * 1024;
constexpr auto kForStart = seconds(10);  // from the handshake to the stream's start
constexpr auto kPlugin = milliseconds(3000);
constexpr auto kCarrier = milliseconds(15000);
constexpr auto kNeverAnswered = minutes(20);
constexpr auto kDatabaseAway = minutes(5);  // so long its desk keeps what a call has to write
constexpr int kDesks = 4;
constexpr int kHeardTries = 30;  // one a second: the turn's commit comes after its words

std::string newToken() {
    std::array<unsigned char, 24> bytes{};
    randombytes_buf(bytes.data(), bytes.size());
    std::string token = toHex(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
    return token;
}

std::vector<std::string> textsIn(const Json& document, const char* name) {
    std::vector<std::string> all;
    if (const auto found = document.find(name); found != document.end() && found->is_array())
        for (const auto& one : *found)
            if (one.is_string()) all.push_back(one.get<std::string>());
    return all;
}

/// Ours hold, whatever the campaign's binding is named: "transcribe" and "synthesize", or "speech" for both.
BindingId speechBinding(const Json& bindings, const char* role) {
    const auto own = BindingId::parse(textOf(bindings, role));
    const auto both = BindingId::parse(textOf(bindings, "speech"));
    if (!own && !both)
        throw Error(std::string("this campaign has no binding \"speech\" or \"") + role +
                        "\": its calls have no voice",
                    "campaign");
    return own ? *own : *both;
}

class CallSpeaker final : public turn::Speaker {
public:
    CallSpeaker(std::shared_ptr<LiveCall> call, std::string key, int utterance)
        : call_(std::move(call)), key_(std::move(key)), speech_(call_->beginSpeech(utterance)) {}
    ~CallSpeaker() override { call_->endSpeech(speech_); }
    bool say(const std::string& sentence) override { return call_->say(speech_, key_, sentence); }
    std::vector<std::string> said() const override { return call_->said(key_); }

private:
    std::shared_ptr<LiveCall> call_;
    const std::string key_;
    const int speech_;
};

}  // namespace

struct Calls::Impl {
    /// A socket, at first without a call.
    struct Line {
        Poco::Net::StreamSocket socket;
        OrganizationId organization;
        BindingId binding;
        std::unique_ptr<plugin::Media> media;
        net::Frames frames{net::Side::client, kLargestMessage};
        std::shared_ptr<LiveCall> call = {};
        Steady::time_point since = Steady::now();
        bool asked = false, ended = false;
    };
    struct Heard {
        std::shared_ptr<LiveCall> call;
        std::string generated, heard;
        bool opening;
        int tries = kHeardTries;
    };

    Impl(store::Database& given, const Clock& time, agent::Instances& plugins, CallsOptions chosen,
         std::function<void()> waking)
        : database(given),
          clock(time),
          instances(plugins),
          options(std::move(chosen)),
          wake(std::move(waking)),
          speaking("speaking", options.speakers) {
        for (int i = 0; i < kDesks; ++i) desks.push_back(std::make_unique<Hands>("calls", 1));
        poller = ::epoll_create1(EPOLL_CLOEXEC);
        alarm = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (poller < 0 || alarm < 0)
            throw Error("the system gives no more file handles", "calls", "Raise the limit (ulimit -n)");
        epoll_event event{EPOLLIN, {.fd = alarm}};
        ::epoll_ctl(poller, EPOLL_CTL_ADD, alarm, &event);
        thread = std::thread([this] { loop(); });
        keeping = std::thread([this] { keep(); });
    }
    ~Impl() {
        stop();
        desks.clear();
        ::close(poller);
        ::close(alarm);
    }

    // ------------------------------------------------------------------------------------------ sockets and the clock

    void order(std::function<void()> act) {
        {
            const std::scoped_lock lock(mutex);
            orders.push_back(std::move(act));
        }
        ring();
    }
    void ring() const {
        const std::uint64_t one = 1;
        if (::write(alarm, &one, sizeof one) < 0) return;  // it rings already
    }

    void loop() {
        auto next = Steady::now() + call::kFrame;
        std::array<epoll_event, 64> events{};
        while (!stopped) {
            const auto left = std::chrono::ceil<milliseconds>(next - Steady::now());
            const int count = ::epoll_wait(poller, events.data(), static_cast<int>(events.size()),
                                           static_cast<int>(std::max<std::int64_t>(0, left.count())));
            try {
                for (int i = 0; i < count; ++i) {
                    const int handle = events[static_cast<std::size_t>(i)].data.fd;
                    if (handle == alarm)
                        answerAlarm();
                    else
                        readFrom(handle);
                }
                const auto now = Steady::now();
                if (now < next) continue;
                const auto late = now - next;
                next = std::max(next + call::kFrame, now);
                tick();
                if (!lines.empty()) metrics::observe("overture_call_tick_late_seconds", {}, late);
            } catch (const std::exception& error) {
                log::error("calls_interrupted", {{"error", error.what()}});
            }
        }
    }

    void answerAlarm() {
        std::uint64_t rung = 0;
        while (::read(alarm, &rung, sizeof rung) > 0) {
        }
        std::vector<std::function<void()>> all;
        {
            const std::scoped_lock lock(mutex);
            all.swap(orders);
        }
        for (const auto& act : all) act();
        for (auto& [handle, line] : lines)
            if (line.call) line.call->takeWords();
    }

    void tick() {
        const auto now = Steady::now();
        std::vector<int> over;
        for (auto& [handle, line] : lines) {
            if (line.call) {
                line.call->takeWords();
                line.call->tick();
                if (line.call->over()) over.push_back(handle);
            } else if (line.ended || (!line.asked && now - line.since > kForStart)) {
                over.push_back(handle);
            }
        }
        for (const int handle : over) close(handle);
    }

    void begin(Line line, const std::string& early) {
        const int handle = line.socket.impl()->sockfd();
        epoll_event event{EPOLLIN | EPOLLRDHUP, {.fd = handle}};
        ::epoll_ctl(poller, EPOLL_CTL_ADD, handle, &event);
        auto& kept = lines.insert_or_assign(handle, std::move(line)).first->second;
        kept.frames.take(early);
        hear(handle, kept);
    }

    void close(int handle) {
        const auto found = lines.find(handle);
        if (found == lines.end()) return;
        const auto call = found->second.call;
        const auto bye = net::closeFrame(net::Side::server, net::CloseCode::goingAway, "the call is over");
        if (call) {
            if (!call->over()) call->socketGone();
            call->sendControl(bye);
            const std::scoped_lock lock(mutex);
            calls.erase(call->facts().id);
            metrics::set("overture_calls", {}, static_cast<double>(calls.size()));
        } else {
            static_cast<void>(::send(handle, bye.data(), bye.size(), MSG_DONTWAIT | MSG_NOSIGNAL));
        }
        ::epoll_ctl(poller, EPOLL_CTL_DEL, handle, nullptr);
        try {
            found->second.socket.shutdownSend();
        } catch (const std::exception&) {  // gone already
        }
        lines.erase(found);
    }

    void readFrom(int handle) {
        const auto found = lines.find(handle);
        if (found == lines.end()) return;
        std::array<char, 16384> bytes;
        for (;;) {
            const auto got = ::recv(handle, bytes.data(), bytes.size(), MSG_DONTWAIT);
            if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) break;
            if (got <= 0) return close(handle);
            found->second.frames.take({bytes.data(), static_cast<std::size_t>(got)});
            if (static_cast<std::size_t>(got) < bytes.size()) break;
        }
        hear(handle, found->second);
    }

    void hear(int handle, Line& line) {
        while (auto one = line.frames.next()) {
            if (one->opcode == net::Opcode::close) return close(handle);
            if (one->opcode == net::Opcode::ping) {
                const auto pong = net::frame(net::Side::server, net::Opcode::pong, one->payload);
                if (line.call)
                    line.call->sendControl(pong);
                else if (::send(handle, pong.data(), pong.size(), MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
                    return close(handle);
            } else if (one->opcode == net::Opcode::text || one->opcode == net::Opcode::binary) {
                const bool binary = one->opcode == net::Opcode::binary;
                if (line.call)
                    line.call->read(binary, one->payload);
                else if (!line.asked)
                    lookForStart(handle, line, binary, one->payload);
            }
        }
        if (line.frames.fault()) close(handle);
    }

    void lookForStart(int handle, Line& line, bool binary, const std::string& message) {
        line.media->read(
            binary, message,
            [&](const plugin::Media::Message& one) {
                if (one.kind != OVERTURE_MEDIA_STARTED || line.asked) return;
                const auto started = parseJson(std::string(one.text), "start");
                if (!started) return;
                line.asked = true;
                const auto token = textOf(*started, "token"), reference = textOf(*started, "reference");
                const auto organization = line.organization;
                const auto binding = line.binding;
                desk(binding.text())
                    ->give([this, handle, since = line.since, organization, binding, token, reference] {
                        connect(handle, since, organization, binding, token, reference);
                    });
            },
            [&](std::string_view sentence) {
                log::warning("media_problem",
                             {{"binding", line.binding.text()}, {"problem", std::string(sentence)}});
            });
    }

    // --------------------------------------------------------------------------------------------- a call's beginning

    /// On a desk: the token's call becomes ours, and gets its sound.
    void connect(int handle, Steady::time_point since, const OrganizationId& organization,
                 const BindingId& binding, const std::string& token, const std::string& reference) {
        std::optional<std::pair<CallFacts, call::Plan>> made;
        try {
            made = takeCall(organization, binding, token, reference);
        } catch (const std::exception& error) {
            log::error("call_not_taken", {{"binding", binding.text()}, {"problem", error.what()}});
        }
        order([this, handle, since, made = std::move(made)]() mutable {
            const auto found = lines.find(handle);
            if (found == lines.end() || found->second.since != since || found->second.call) {
                if (made) lost(made->first);
                return;
            }
            auto& line = found->second;
            if (!made) {
                line.ended = true;
                return;
            }
            if (live() >= options.most) {
                log::error("too_many_calls", {{"most", options.most}});
                line.ended = true;
                return lost(made->first);
            }
            start(line, std::move(made->first), std::move(made->second));
        });
    }

    void start(Line& line, CallFacts facts, call::Plan plan) {
        const LiveCall::Around around{
            [this](std::shared_ptr<LiveCall> call, call::Act act) {
                auto* hands = desk(call->facts().id);
                const int number = std::holds_alternative<call::Line>(act) ? call->nextLine() : 0;
                hands->give([this, call = std::move(call), act = std::move(act), number] {
                    surely([&] { write(call, act, number); });
                });
            },
            [this](std::function<void()> job) { speaking.give(std::move(job)); }, [this] { ring(); }};
        line.call = std::make_shared<LiveCall>(std::move(facts), std::move(plan), std::move(line.media),
                                               line.socket, around);
        {
            const std::scoped_lock lock(mutex);
            calls[line.call->facts().id] = line.call;
            metrics::set("overture_calls", {}, static_cast<double>(calls.size()));
        }
        speaking.give([call = line.call] { call->begin(); });
    }

    /// A call whose socket went while it was looked for.
    void lost(const CallFacts& facts) {
        desk(facts.id)->give([this, facts] { surely([&] { end(facts, "hung_up", "", Json::object()); }); });
    }

    std::optional<std::pair<CallFacts, call::Plan>> takeCall(const OrganizationId& organization,
                                                             const BindingId& binding,
                                                             const std::string& token,
                                                             const std::string& reference) {
        if (token.size() < 16) return std::nullopt;
        const auto now = clock.now();
        auto tx = database.begin(organization);
        const auto rows =
            tx.run(sql::service::take_call,
                   {organization, binding, digestOf(token), options.engine, now, now + options.sign,
                    reference.empty() ? store::Param(nullptr) : store::Param(reference)});
        if (rows.empty()) {
            log::warning("media_without_call", {{"binding", binding.text()}});
            return std::nullopt;
        }
        const auto row = rows[0];
        const auto bindings = row.json("bindings"), settings = row.json("settings"),
                   details = row.json("details");
        CallFacts facts;
        facts.organization = organization;
        facts.binding = binding;
        facts.conversation = row.id<ConversationId>("conversation_id");
        facts.id = row.uuid("call_id").text();
        facts.outward = row.text("direction") == "outward";
        facts.reference = row.text("reference");
        facts.phone = row.text("phone");
        facts.language = row.text("language").empty() ? "en" : row.text("language");
        facts.opening = row.text("text");
        facts.transferTo = textOf(settings, "voice_transfer_to");
        for (const char* name : {"voice", "speed"})
            if (settings.contains(std::string("voice_") + name))
                facts.voice[name] = settings[std::string("voice_") + name];
        auto plan = planOf(facts, row.json("parts"), settings, details);
        tx.commit();
        facts.carrier = instances.of(organization, binding);
        facts.hearing = instances.of(organization, speechBinding(bindings, "transcribe"));
        facts.speaking = instances.of(organization, speechBinding(bindings, "synthesize"));
        return std::pair(std::move(facts), std::move(plan));
    }

    call::Plan planOf(const CallFacts& facts, const Json& parts, const Json& settings, const Json& details) {
        const auto reply = instances.channel("voice")->call(
            "channel.call/1", "manners",
            {{"language", facts.language}, {"sender_name", textOf(settings, "company")}}, kPlugin);
        if (!reply.ok()) throw Error("the voice channel has no manners: " + reply.message, "voice");
        call::Plan plan;
        plan.manners = call::Manners::fromJson(reply.document);
        plan.outward = facts.outward;
        plan.screening = textsIn(reply.document, "who_calls");
        if (settings.value("voice_leave_message", true)) plan.leave = textsIn(reply.document, "leave");
        if (const auto most = settings.find("voice_most_seconds");
            most != settings.end() && most->is_number_unsigned())
            plan.most = std::min(options.longest, seconds(most->get<std::int64_t>()));
        if (details.value("transferred", false)) {
            plan.outward = false;
            plan.opening = textsIn(reply.document, "nobody");
        } else if (!facts.outward) {
            plan.notice = textsIn(reply.document, "who_calls");
            if (!options.recordings.empty())
                for (auto& one : textsIn(reply.document, "recorded")) plan.notice.push_back(std::move(one));
        } else if (parts.is_array() && !parts.empty()) {
            plan.notice = textsIn(parts[0], "notice");
            plan.opening = textsIn(parts[0], "sentences");
        }
        return plan;
    }

    // ------------------------------------------------------------------------------------------- what is written down

    Hands* desk(const std::string& key) { return desks[hash64(key) % desks.size()].get(); }

    /// What people said is not lost when the database is away for a while: their desk waits for it. What is written twice is
    /// there once.
    void surely(const std::function<void()>& job) {
        const auto until = Steady::now() + kDatabaseAway;
        for (auto wait = milliseconds(50);; wait = std::min(2 * wait, milliseconds(2000))) {
            try {
                return job();
            } catch (const store::DatabaseError& error) {
                const bool passes = error.failure() != store::Failure::defect &&
                                    error.failure() != store::Failure::constraint;
                std::unique_lock lock(mutex);
                if (!passes || Steady::now() > until ||
                    quiet.wait_for(lock, wait, [this] { return stopped.load(); }))
                    throw;
            }
        }
    }

    void write(const std::shared_ptr<LiveCall>& call, const call::Act& act, int number) {
        failpoint("call.writing");
        const auto& facts = call->facts();
        if (const auto* said = std::get_if<call::Said>(&act)) return accept(facts, *said);
        if (const auto* line = std::get_if<call::Line>(&act)) return add(facts, *line, number);
        if (const auto* heard = std::get_if<call::WasHeard>(&act)) {
            auto words = call->generated(heard->speech);
            const bool opening = words.empty();
            if (opening && !facts.outward) return;
            Heard one{call, std::move(words), heard->text, opening};
            if (!noteHeard(one)) {
                const std::scoped_lock lock(mutex);
                unheard.push_back(std::move(one));
            }
            return;
        }
        if (const auto* signal = std::get_if<call::Signal>(&act)) {
            if (signal->kind != "leg")
                log::info("call_signal",
                          {{"call", facts.id}, {"kind", signal->kind}, {"details", signal->details}});
            return;
        }
        if (const auto* transfer = std::get_if<call::Transfer>(&act)) return connectTo(facts, transfer->to);
        if (const auto* over = std::get_if<call::HangUp>(&act)) return hangUp(*call, over->reason);
    }

    void accept(const CallFacts& facts, const call::Said& said) {
        const auto now = clock.now();
        const auto key = "call:" + facts.id + ":" + std::to_string(said.number);
        auto tx = database.begin(facts.organization);
        turn::post(tx, facts.organization,
                   {{EventId(uuid7(now, key)),
                     facts.conversation,
                     "message",
                     now,
                     now,
                     key,
                     {{"text", said.text},
                      {"from", facts.phone},
                      {"channel", "voice"},
                      {"binding_id", facts.binding.text()},
                      {"reference", facts.reference},
                      {"call", facts.id},
                      {"utterance", said.number},
                      {"confidence", said.confidence}}}});
        tx.commit();
        wake();
    }

    void add(const CallFacts& facts, const call::Line& line, int number) {
        auto tx = database.begin(facts.organization);
        store::RowSet rows({facts.organization});
        rows.add({facts.id, number, line.who, line.text, line.kind, line.from.count(), line.to.count(),
                  line.confidence, line.words});
        tx.run(sql::service::insert_call_lines, rows.params());
        tx.commit();
    }

    /// False as long as the turn that said it is not committed.
    bool noteHeard(const Heard& one) {
        const auto& facts = one.call->facts();
        auto tx = database.begin(facts.organization);
        const auto said = tx.run(sql::service::said_in_call,
                                 {facts.organization, facts.conversation,
                                  one.opening ? store::Param(facts.id) : store::Param(nullptr), facts.id});
        for (const auto row : said) {
            if (!one.opening && row.text("text") != one.generated) continue;
            tx.queue(sql::service::note_heard, {facts.organization, facts.conversation, row.integer("number"),
                                                Json{{"heard", one.heard}}});
            tx.commit();
            return true;
        }
        return false;
    }

    void connectTo(const CallFacts& facts, const std::string& to) {
        const auto reply = facts.carrier->call(
            "carrier.call/1", "transfer",
            {{"reference", facts.reference}, {"call_id", facts.id}, {"to", to}, {"ring_seconds", 25}},
            kCarrier);
        if (reply.ok()) return;
        log::error("call_not_transferred", {{"call", facts.id}, {"problem", reply.message}});
        if (const auto call = find(facts.id)) call->end("not_transferred", true);
    }

    void hangUp(LiveCall& call, const std::string& reason) {
        const auto& facts = call.facts();
        const bool byThem = reason == "hung_up" || reason == "transferred";
        if (!byThem && !facts.reference.empty() && facts.carrier->offers("carrier.call/1")) {
            const auto reply =
                facts.carrier->call("carrier.call/1", "end", {{"reference", facts.reference}}, kCarrier);
            if (!reply.ok()) log::warning("call_not_ended", {{"call", facts.id}, {"problem", reply.message}});
        }
        end(facts, reason, call.who(), call.figures());
        const bool reached = call.answered() || reason == "hung_up" || reason == "machine" || byThem;
        if (facts.outward && !reached) tellUnreached(facts, reason);
    }

    void end(const CallFacts& facts, const std::string& reason, const std::string& who, const Json& figures) {
        const auto now = clock.now();
        metrics::count("overture_calls_ended_total", {{"reason", reason}});
        auto tx = database.begin(facts.organization);
        tx.run(sql::service::end_call,
               {facts.organization, facts.id, reason, now,
                who.empty() ? store::Param(nullptr) : store::Param(who), figures, nullptr});
        tx.commit();
    }

    /// The cadence goes on as after any touch that did not arrive.
    void tellUnreached(const CallFacts& facts, const std::string& reason) {
        const auto now = clock.now();
        const auto key = "call:" + facts.id + ":unreached";
        auto tx = database.begin(facts.organization);
        turn::post(tx, facts.organization,
                   {{EventId(uuid7(now, key)),
                     facts.conversation,
                     "status",
                     now,
                     now,
                     key,
                     {{"delivery_id", facts.id}, {"status", "undelivered"}, {"code", reason}}}});
        tx.commit();
        wake();
    }

    // -------------------------------------------------------------------------------------------- signs of life

    /// Once a second: what was heard and not written yet; every third of a sign's length: our calls, and those of engines that are gone.
    void keep() {
        for (int round = 0; !stopped; ++round) {
            std::unique_lock lock(mutex);
            quiet.wait_for(lock, seconds(1), [this] { return stopped.load(); });
            auto waiting = std::exchange(unheard, {});
            std::vector<std::shared_ptr<LiveCall>> ours;
            for (const auto& [id, call] : calls) ours.push_back(call);
            lock.unlock();
            if (stopped) return;
            try {
                for (auto& one : waiting)
                    if (!noteHeard(one) && --one.tries > 0) {
                        lock.lock();
                        unheard.push_back(std::move(one));
                        lock.unlock();
                    }
                renew(ours);
                if (round % 5 == 0) endLost();
            } catch (const std::exception& error) {
                log::error("calls_interrupted", {{"error", error.what()}});
            }
        }
    }

    void renew(const std::vector<std::shared_ptr<LiveCall>>& ours) {
        std::map<OrganizationId, std::map<std::string, std::shared_ptr<LiveCall>>> byOrganization;
        for (const auto& call : ours)
            if (!call->over()) byOrganization[call->facts().organization][call->facts().id] = call;
        for (const auto& [organization, own] : byOrganization) {
            std::vector<std::string> ids;
            for (const auto& [id, call] : own) ids.push_back(id);
            auto tx = database.begin(organization);
            const auto rows = tx.run(sql::service::renew_calls, {organization, store::Param::array(ids),
                                                                 options.engine, clock.now() + options.sign});
            tx.commit();
            for (const auto row : rows) heed(*own.at(row.uuid("call_id").text()), row);
        }
    }

    /// What became of the conversation, and what the carrier believes.
    void heed(LiveCall& call, const store::Row& row) {
        if (const auto who = call::whoFrom(row.text("answered_by"))) call.answeredBy(*who);
        const auto state = row.text("state");
        if (state == "open") return;
        if (state == "held" && !call.facts().transferTo.empty())
            return call.transfer(call.facts().transferTo);
        call.end(state == "closed" ? "done" : state, false);
    }

    void endLost() {
        const auto now = clock.now();
        auto tx = database.beginShared();
        const auto rows = tx.run(sql::service::end_lost_calls, {now, now - kNeverAnswered});
        tx.commit();
        for (const auto row : rows)
            log::warning("call_lost", {{"call", row.uuid("call_id").text()}, {"reason", row.text("reason")}});
    }

    std::shared_ptr<LiveCall> find(const std::string& id) const {
        const std::scoped_lock lock(mutex);
        const auto found = calls.find(id);
        return found == calls.end() ? nullptr : found->second;
    }
    int live() const {
        const std::scoped_lock lock(mutex);
        return static_cast<int>(calls.size());
    }

    void stop() {
        if (stopping.exchange(true)) return;
        std::vector<std::shared_ptr<LiveCall>> ours;
        {
            const std::scoped_lock lock(mutex);
            for (const auto& [id, call] : calls) ours.push_back(call);
        }
        for (const auto& call : ours) call->end("engine_stops", true);
        const auto until = Steady::now() + seconds(8);  // for the goodbyes
        while (live() > 0 && Steady::now() < until) std::this_thread::sleep_for(milliseconds(50));
        {
            const std::scoped_lock lock(mutex);
            stopped = true;
        }
        quiet.notify_all();
        ring();
        thread.join();
        keeping.join();
        while (!lines.empty()) close(lines.begin()->first);
    }

    store::Database& database;
    const Clock& clock;
    agent::Instances& instances;
    const CallsOptions options;
    const std::function<void()> wake;
    mutable std::mutex mutex;
    std::condition_variable quiet;
    std::map<std::string, std::shared_ptr<LiveCall>> calls;  // by id
    std::vector<std::function<void()>> orders;
    std::vector<Heard> unheard;
    std::map<BindingId, OrganizationId> owners;
    std::atomic<bool> stopping = false, stopped = false;
    int poller = -1, alarm = -1;
    std::unordered_map<int, Line> lines;  // of the thread
    Hands speaking;
    std::vector<std::unique_ptr<Hands>> desks;
    std::thread thread, keeping;
};

Calls::Calls(store::Database& database, const Clock& clock, agent::Instances& instances, CallsOptions options,
             std::function<void()> wake)
    : impl_(std::make_unique<Impl>(database, clock, instances, std::move(options), std::move(wake))) {}
Calls::~Calls() = default;

std::string Calls::digestOf(const std::string& token) {
    return toHex(sha256(token));
}

Json Calls::mediaFor(const BindingId& binding) const {
    auto base = impl_->options.publicUrl;
    while (base.ends_with('/')) base.pop_back();
    if (base.empty()) return Json::object();
    const auto scheme = base.starts_with("https://") ? 8U : base.starts_with("http://") ? 7U : 0U;
    return {{"url", (scheme == 7 ? "ws://" : "wss://") + base.substr(scheme) + kPath + binding.text()},
            {"token", newToken()}};
}

std::optional<Json> Calls::place(const turn::Delivery& delivery) {
    const auto media = mediaFor(delivery.binding);
    if (media.empty())
        throw Error("calls need an address for their sound", "serve",
                    "Say --public-url https://… as carriers reach it.");
    auto tx = impl_->database.begin(delivery.organization);
    const auto rows =
        tx.run(sql::service::begin_call,
               {delivery.organization, delivery.id, delivery.conversation, delivery.binding, "outward",
                "placing", nullptr, digestOf(textOf(media, "token")), impl_->clock.now(), Json::object()});
    tx.commit();
    if (rows.empty()) return std::nullopt;
    return Json{{"delivery_id", delivery.id.text()},
                {"call_id", delivery.id.text()},
                {"from", delivery.sender},
                {"to", delivery.recipient},
                {"media", media},
                {"machine_detection", true},
                {"ring_seconds", 25},
                {"most_seconds", (impl_->options.longest + seconds(60)).count()}};
}

void Calls::placed(const turn::Delivery& delivery, const turn::SendResult& result) {
    using Kind = turn::SendResult::Kind;
    if (result.kind != Kind::sent && result.kind != Kind::rejected && result.kind != Kind::auth) return;
    const bool sent = result.kind == Kind::sent;
    auto tx = impl_->database.begin(delivery.organization);
    tx.run(
        sql::service::note_call,
        {delivery.organization, delivery.binding, delivery.id,
         result.reference.empty() ? store::Param(nullptr) : store::Param(result.reference),
         sent ? "ringing" : "ended", nullptr, sent ? "" : "not placed: " + result.note, impl_->clock.now()});
    tx.commit();
}

void Calls::noted(const Json& event) {
    const auto call = impl_->find(textOf(event, "call_id"));
    if (!call) return;
    if (const auto who = call::whoFrom(textOf(event, "answered_by"))) call->answeredBy(*who);
}

std::optional<OrganizationId> Calls::ownerOf(const BindingId& binding) {
    {
        const std::scoped_lock lock(impl_->mutex);
        if (const auto found = impl_->owners.find(binding); found != impl_->owners.end())
            return found->second;
    }
    const auto organization = tenant::organizationOf(impl_->database, binding);
    const std::scoped_lock lock(impl_->mutex);
    if (organization) impl_->owners.emplace(binding, *organization);
    return organization;
}

void Calls::take(Poco::Net::StreamSocket socket, const OrganizationId& organization, const BindingId& binding,
                 const std::string& head, const std::string& early) {
    auto media = plugin::Media::open(impl_->instances.of(organization, binding));
    if (!media) throw Error("this binding's plugin has no media of calls", binding.text());
    socket.setBlocking(false);
    socket.setNoDelay(true);
    if (::send(socket.impl()->sockfd(), head.data(), head.size(), MSG_DONTWAIT | MSG_NOSIGNAL) < 0) return;
    // A std::function must be copyable, and a line is not.
    auto line =
        std::make_shared<Impl::Line>(Impl::Line{std::move(socket), organization, binding, std::move(media)});
    impl_->order([this, line = std::move(line), early] { impl_->begin(std::move(*line), early); });
}

std::shared_ptr<turn::Speaker> Calls::speaker(const turn::Opened& opened) {
    std::string id, key;
    int utterance = 0;
    for (const auto& event : opened.events) {
        if (event.kind != "message" || !event.payload.contains("call")) continue;
        id = textOf(event.payload, "call");
        key = event.id.text();
        utterance = std::max(utterance, event.payload.value("utterance", 0));
    }
    const auto call = id.empty() ? nullptr : impl_->find(id);
    return call ? std::make_shared<CallSpeaker>(call, key, utterance) : nullptr;
}

int Calls::live() const {
    return impl_->live();
}

void Calls::stop() {
    impl_->stop();
}

}  // namespace overture::service
