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
#include "base/log.hpp"
#include "base/metrics.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "net/frames.hpp"
#include "queries/service.hpp"
#include "service/asked_calls.hpp"
#include "service/call_desks.hpp"
#include "service/call_opening.hpp"
#include "service/hands.hpp"
#include "service/live_call.hpp"
#include "tenant/tenants.hpp"

namespace overture::service {
namespace {

using Steady = std::chrono::steady_clock;

constexpr std::size_t kLargestMessage = 64 * 1024;
constexpr auto kForStart = seconds(10);  // from the handshake to the stream's start
constexpr auto kNeverAnswered = minutes(20);

std::string newToken() {
    std::array<unsigned char, 24> bytes{};
    randombytes_buf(bytes.data(), bytes.size());
    std::string token = toHex(std::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
    return token;
}

class CallSpeaker final : public agent::Speaker {
public:
    CallSpeaker(std::shared_ptr<LiveCall> call, std::string key, int utterance)
        : call_(std::move(call)), key_(std::move(key)), speech_(call_->beginSpeech(utterance)) {}
    ~CallSpeaker() override { call_->endSpeech(speech_); }
    void writing() override {
        if (!std::exchange(writing_, true)) call_->firstToken();
    }
    void beSlow(bool slow) override { call_->beSlow(slow); }
    bool say(const std::string& sentence) override { return call_->say(speech_, key_, sentence, answering_); }
    std::vector<std::string> said() const override { return call_->said(key_); }
    std::optional<agent::Converser> converser() override { return call_->facts().conversing; }
    plugin::Reply answer(std::string_view request, milliseconds deadline,
                         const plugin::Pieces& pieces) override {
        const auto over = [](bool* answering) { *answering = false; };
        const std::unique_ptr<bool, decltype(over)> until(&(answering_ = true), over);
        return call_->answer(speech_, request, deadline, pieces);
    }

private:
    std::shared_ptr<LiveCall> call_;
    const std::string key_;
    const int speech_;
    bool writing_ = false, answering_ = false;
};

}  // namespace

struct Calls::Impl {
    /// Open as long as it lives.
    struct Descriptor {
        int number;
        explicit Descriptor(int given) : number(given) {
            if (given < 0)
                throw Error("the system gives no more file handles", "calls", "Raise the limit (ulimit -n)");
        }
        ~Descriptor() { ::close(number); }
        Descriptor(const Descriptor&) = delete;
        Descriptor& operator=(const Descriptor&) = delete;
        operator int() const { return number; }
    };
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

    Impl(store::Database& given, const Clock& time, agent::Instances& plugins, CallsOptions chosen,
         std::function<void()> waking)
        : database(given),
          clock(time),
          instances(plugins),
          options(std::move(chosen)),
          opening(given, time, plugins,
                  {options.engine, options.sign, options.longest, options.recordings, options.library}),
          desks(given, time, waking),
          asked(given, time, plugins, {options.engine, options.sign, options.longest}, std::move(waking)),
          speaking("speaking", options.speakers) {
        epoll_event event{EPOLLIN, {.fd = alarm}};
        ::epoll_ctl(poller, EPOLL_CTL_ADD, alarm, &event);
        thread = std::thread([this] { loop(); });
        keeping = std::thread([this] { keep(); });
    }
    ~Impl() { stop(); }

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
            call->listenNoMore();
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
                const bool words = started->value("words", false);
                const auto organization = line.organization;
                const auto binding = line.binding;
                desks.give(binding.text(), [this, handle, since = line.since, organization, binding, token,
                                            reference, words] {
                    connect(handle, since, organization, binding, token, reference, words);
                });
            },
            [&](std::string_view sentence) {
                log::warning("media_problem",
                             {{"binding", line.binding.text()}, {"problem", std::string(sentence)}});
            });
    }

    /// On a desk: the token's call becomes ours, and gets its sound.
    void connect(int handle, Steady::time_point since, const OrganizationId& organization,
                 const BindingId& binding, const std::string& token, const std::string& reference,
                 bool words) {
        std::optional<OpenedCall> made;
        try {
            made = opening.take(organization, binding, token, reference, words);
        } catch (const std::exception& error) {
            log::error("call_not_taken", {{"binding", binding.text()}, {"problem", error.what()}});
        }
        order([this, handle, since, made = std::move(made)]() mutable {
            const auto found = lines.find(handle);
            if (found == lines.end() || found->second.since != since || found->second.call) {
                if (made) desks.giveLost(made->facts);
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
                return desks.giveLost(made->facts);
            }
            start(line, std::move(*made));
        });
    }

    void start(Line& line, OpenedCall opened) {
        const LiveCall::Around around{[this](const std::shared_ptr<LiveCall>& call, call::Act act) {
                                          desks.give(call, std::move(act));
                                      },
                                      [this](std::function<void()> job) { speaking.give(std::move(job)); },
                                      [this] { ring(); }};
        line.call = std::make_shared<LiveCall>(std::move(opened.facts), std::move(opened.plan),
                                               std::move(line.media), line.socket, around);
        {
            const std::scoped_lock lock(mutex);
            calls[line.call->facts().id] = line.call;
            metrics::set("overture_calls", {}, static_cast<double>(calls.size()));
        }
        speaking.give([call = line.call] { call->begin(); });
    }

    // -------------------------------------------------------------------------------------------- signs of life

    /// Once a second: what was heard and not written yet; every third of a sign's length: our calls, and those of engines that are gone.
    void keep() {
        for (int round = 0; !stopped; ++round) {
            std::unique_lock lock(mutex);
            quiet.wait_for(lock, seconds(1), [this] { return stopped.load(); });
            std::vector<std::shared_ptr<LiveCall>> ours;
            for (const auto& [id, call] : calls) ours.push_back(call);
            lock.unlock();
            if (stopped) return;
            try {
                desks.noteWhatWasHeard();
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
            for (const auto row : rows) heed(own.at(row.uuid("call_id").text()), row);
        }
    }

    /// What became of the conversation, and what the carrier believes.
    void heed(const std::shared_ptr<LiveCall>& call, const store::Row& row) {
        if (const auto who = call::whoFrom(row.text("answered_by"))) call->answeredBy(*who);
        const auto state = row.text("state");
        if (state == "open") return;
        const bool returned = call->returned() && state == "held";
        if (state == "held" && !returned && !call->facts().transferTo.empty()) {
            if (call->beginsToMove()) desks.handOver(call);
            return;
        }
        if (returned && !call->answeredSince()) return;  // they are asked whether somebody shall call back
        call->end(state == "closed" ? "done" : state, returned);
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
        desks.stopWaiting();
        thread.join();
        keeping.join();
        while (!lines.empty()) close(lines.begin()->first);
    }

    store::Database& database;
    const Clock& clock;
    agent::Instances& instances;
    const CallsOptions options;
    mutable std::mutex mutex;
    std::condition_variable quiet;
    std::map<std::string, std::shared_ptr<LiveCall>> calls;  // by id
    std::vector<std::function<void()>> orders;
    std::map<BindingId, OrganizationId> owners;
    std::atomic<bool> stopping = false, stopped = false;
    std::unordered_map<int, Line> lines;  // of the thread
    const Descriptor poller{::epoll_create1(EPOLL_CLOEXEC)}, alarm{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    CallOpening opening;
    CallDesks desks;
    AskedCalls asked;
    Hands speaking;
    std::thread thread, keeping;
};

Calls::Calls(store::Database& database, const Clock& clock, agent::Instances& instances, CallsOptions options,
             std::function<void()> wake)
    : impl_(std::make_unique<Impl>(database, clock, instances, std::move(options), std::move(wake))) {}
Calls::~Calls() = default;

Json Calls::mediaFor(const BindingId& binding) const {
    auto base = impl_->options.publicUrl;
    while (base.ends_with('/')) base.pop_back();
    if (base.empty()) return Json::object();
    const auto scheme = base.starts_with("https://") ? 8U : base.starts_with("http://") ? 7U : 0U;
    return {{"url", (scheme == 7 ? "ws://" : "wss://") + base.substr(scheme) + kPath + binding.text()},
            {"token", newToken()},
            {"words_url", base + kAskPath + binding.text()}};
}

std::optional<Json> Calls::place(const turn::Delivery& delivery) {
    auto media = mediaFor(delivery.binding);
    if (media.empty())
        throw Error("calls need an address for their sound", "serve",
                    "Say --public-url https://… as carriers reach it.");
    auto tx = impl_->database.begin(delivery.organization);
    const auto rows = tx.run(
        sql::service::begin_call,
        {delivery.organization, delivery.id, delivery.conversation, delivery.binding, "outward", "placing",
         nullptr, CallOpening::digestOf(textOf(media, "token")), impl_->clock.now(), Json::object()});
    tx.commit();
    if (rows.empty()) return std::nullopt;
    if (!delivery.lead.language.empty()) media["language"] = delivery.lead.language;
    auto say = Json::array();
    if (delivery.parts.is_array() && !delivery.parts.empty())
        for (const char* name : {"notice", "sentences"})
            if (const auto found = delivery.parts[0].find(name);
                found != delivery.parts[0].end() && found->is_array())
                say.insert(say.end(), found->begin(), found->end());
    return Json{{"delivery_id", delivery.id.text()},
                {"call_id", delivery.id.text()},
                {"from", delivery.sender},
                {"to", delivery.recipient},
                {"media", media},
                {"say", std::move(say)},
                {"transfer_to", rows[0].text("transfer_to")},
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

std::optional<Json> Calls::known(const OrganizationId& organization, const BindingId& binding,
                                 const Json& asked) {
    return impl_->opening.known(organization, binding, textOf(asked, "call_id"), textOf(asked, "reference"));
}

void Calls::noted(const Json& event) {
    if (textOf(event, "status") == "ended") impl_->asked.ended(textOf(event, "call_id"));
    const auto call = impl_->find(textOf(event, "call_id"));
    if (!call) return;
    if (const auto who = call::whoFrom(textOf(event, "answered_by"))) call->answeredBy(*who);
    if (textOf(event, "status") == "ended") call->socketGone();
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

std::optional<HttpAnswer> Calls::ask(const OrganizationId& organization, const BindingId& binding,
                                     const Json& request,
                                     const std::function<Poco::Net::StreamSocket()>& take) {
    return impl_->asked.ask(organization, binding, request, take);
}

std::shared_ptr<agent::Speaker> Calls::speaker(const turn::Opened& opened) {
    if (auto asked = impl_->asked.speaker(opened)) return asked;
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
