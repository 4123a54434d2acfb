#include "service/call_desks.hpp"

#include "base/digest.hpp"
#include "base/failpoint.hpp"
#include "base/log.hpp"
#include "base/metrics.hpp"
#include "base/text.hpp"
#include "queries/service.hpp"
#include "service/hand_over.hpp"
#include "service/recordings.hpp"
#include "turn/mailbox.hpp"

namespace overture::service {
namespace {

using Steady = std::chrono::steady_clock;

constexpr int kDesks = 4;
constexpr int kHeardTries = 30;              // the turn's commit comes after its words
constexpr auto kLongestTransfer = hours(4);  // then it is over, whatever its carrier did not say
constexpr auto kCarrier = milliseconds(15000);
/// Of a call that was no conversation, as playbooks name it.
std::string outcomeOf(const std::string& reason, bool left) {
    if (reason == "machine") return left ? "message_left" : "machine";
    if (reason == "screening" || reason == "menu" || reason == "fax" || reason == "silent") return reason;
    return reason == "no_sound" ? "silent" : "failed";
}

constexpr auto kDatabaseAway = minutes(5);  // so long a desk keeps what a call has to write

}  // namespace

CallDesks::CallDesks(store::Database& database, const Clock& clock, std::function<void()> wake)
    : database_(database), clock_(clock), wake_(std::move(wake)) {
    for (int i = 0; i < kDesks; ++i) desks_.push_back(std::make_unique<Hands>("calls", 1));
}
CallDesks::~CallDesks() {
    stopWaiting();
}

void CallDesks::give(const std::string& key, std::function<void()> job) {
    desks_[hash64(key) % desks_.size()]->give(std::move(job));
}

void CallDesks::give(const std::shared_ptr<LiveCall>& call, call::Act act) {
    const int number = std::holds_alternative<call::Line>(act) ? call->nextLine() : 0;
    give(call->facts().id,
         [this, call, act = std::move(act), number] { surely([&] { this->act(call, act, number); }); });
}

void CallDesks::handOver(const std::shared_ptr<LiveCall>& call) {
    give(call->facts().id, [this, call] {
        const auto& facts = call->facts();
        std::string aloud;
        try {  // whom nobody is told of is connected all the same
            auto tx = database_.begin(facts.organization);
            aloud = tellOfHandOver(
                tx, {facts.organization, facts.conversation, facts.id, facts.transferTo, facts.tellsAloud},
                clock_.now());
            tx.commit();
        } catch (const std::exception& error) {
            log::error("transfer_not_told", {{"call", facts.id}, {"problem", error.what()}});
        }
        call->transfer(facts.transferTo, aloud);
    });
}

void CallDesks::giveLost(const CallFacts& facts) {
    give(facts.id, [this, facts] { surely([&] { end(facts, "hung_up", "", Json::object()); }); });
}

void CallDesks::stopWaiting() {
    {
        const std::scoped_lock lock(mutex_);
        stopping_ = true;
    }
    stopped_.notify_all();
}

void CallDesks::surely(const std::function<void()>& job) {
    const auto until = Steady::now() + kDatabaseAway;
    for (auto wait = milliseconds(50);; wait = std::min(2 * wait, milliseconds(2000))) {
        try {
            return job();
        } catch (const store::DatabaseError& error) {
            const bool passes =
                error.failure() != store::Failure::defect && error.failure() != store::Failure::constraint;
            std::unique_lock lock(mutex_);
            if (!passes || Steady::now() > until ||
                stopped_.wait_for(lock, wait, [this] { return stopping_; }))
                throw;
        }
    }
}

void CallDesks::act(const std::shared_ptr<LiveCall>& call, const call::Act& act, int number) {
    failpoint("call.writing");
    const auto& facts = call->facts();
    if (const auto* said = std::get_if<call::Said>(&act)) return accept(facts, *said);
    if (const auto* line = std::get_if<call::Line>(&act)) return add(facts, *line, number);
    if (const auto* heard = std::get_if<call::WasHeard>(&act)) return note(call, *heard);
    if (const auto* signal = std::get_if<call::Signal>(&act)) {
        if (signal->kind == "recording_refused") return refuse(facts);
        if (signal->kind != "leg")
            log::info("call_signal",
                      {{"call", facts.id}, {"kind", signal->kind}, {"details", signal->details}});
        return;
    }
    if (const auto* transfer = std::get_if<call::Transfer>(&act)) return connect(*call, transfer->to);
    if (const auto* over = std::get_if<call::HangUp>(&act)) return hangUp(*call, over->reason);
}

void CallDesks::refuse(const CallFacts& facts) {
    auto tx = database_.begin(facts.organization);
    Recordings::refuse(tx, facts.organization, facts.id, clock_.now());
    tx.commit();
}

void CallDesks::note(const std::shared_ptr<LiveCall>& call, const call::WasHeard& heard) {
    auto words = call->generated(heard.speech);
    const bool opening = words.empty();
    if (opening && !call->facts().outward) return;
    Heard one{call, std::move(words), heard.text, opening, kHeardTries};
    if (note(one)) return;
    const std::scoped_lock lock(mutex_);
    unheard_.push_back(std::move(one));
}

void CallDesks::noteWhatWasHeard() {
    std::vector<Heard> waiting;
    {
        const std::scoped_lock lock(mutex_);
        waiting.swap(unheard_);
    }
    std::size_t done = 0;
    const auto keep = [&](Heard one) {
        const std::scoped_lock lock(mutex_);
        unheard_.push_back(std::move(one));
    };
    try {
        for (; done < waiting.size(); ++done)
            if (!note(waiting[done]) && --waiting[done].tries > 0) keep(waiting[done]);
    } catch (const store::DatabaseError&) {  // it is away: none of these was tried
        for (; done < waiting.size(); ++done) keep(waiting[done]);
        throw;
    }
}

void CallDesks::accept(const CallFacts& facts, const call::Said& said) {
    const auto now = clock_.now();
    const auto part = facts.returned ? std::to_string(facts.linesBefore) + ":" : std::string();
    const auto key = "call:" + facts.id + ":" + part + std::to_string(said.number);
    auto tx = database_.begin(facts.organization);
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
    wake_();
}

void CallDesks::add(const CallFacts& facts, const call::Line& line, int number) {
    auto tx = database_.begin(facts.organization);
    store::RowSet rows({facts.organization});
    rows.add({facts.id, number, line.who, line.text, line.kind, line.from.count(), line.to.count(),
              line.confidence, line.words});
    tx.run(sql::service::insert_call_lines, rows.params());
    tx.commit();
}

// False as long as the turn that said it is not committed.
bool CallDesks::note(const Heard& one) {
    const auto& facts = one.call->facts();
    auto tx = database_.begin(facts.organization);
    const auto said = tx.run(sql::service::said_in_call,
                             {facts.organization, facts.conversation,
                              one.opening ? store::Param(facts.id) : store::Param(nullptr), facts.id});
    for (const auto row : said) {
        if (!one.opening && row.text("text") != one.generated) continue;
        tx.queue(sql::service::note_heard,
                 {facts.organization, facts.conversation, row.integer("number"), Json{{"heard", one.heard}}});
        tx.commit();
        return true;
    }
    return false;
}

void CallDesks::connect(LiveCall& call, const std::string& to) {
    const auto& facts = call.facts();
    const auto reply = facts.carrier->call("carrier.call/1", "transfer",
                                           {{"reference", facts.reference},
                                            {"call_id", facts.id},
                                            {"to", to},
                                            {"ring_seconds", 25},
                                            {"summary", call.aloud()}},
                                           kCarrier);
    if (reply.ok()) return;
    log::error("call_not_transferred", {{"call", facts.id}, {"problem", reply.message}});
    call.notTransferred();
    give(facts.id, [this, organization = facts.organization, id = facts.id] {
        surely([&] {
            auto tx = database_.begin(organization);
            endHandOver(tx, organization, std::nullopt, id, "", "failed", clock_.now());
            tx.commit();
        });
    });
}

void CallDesks::hangUp(LiveCall& call, const std::string& reason) {
    const auto& facts = call.facts();
    const bool byThem = reason == "hung_up" || reason == "transferred";
    if (!byThem && !facts.reference.empty() && facts.carrier->offers("carrier.call/1")) {
        const auto reply =
            facts.carrier->call("carrier.call/1", "end", {{"reference", facts.reference}}, kCarrier);
        if (!reply.ok()) log::warning("call_not_ended", {{"call", facts.id}, {"problem", reply.message}});
    }
    if (reason == "transferred") return move(call);
    end(facts, reason, call.who(), call.figures());
    const bool reached = call.answered() || byThem;
    if (facts.outward && !reached) tellUnreached(facts, outcomeOf(reason, call.leftAMessage()));
}

void CallDesks::move(const LiveCall& call) {
    const auto& facts = call.facts();
    const auto who = call.who();
    auto tx = database_.begin(facts.organization);
    tx.run(sql::service::move_call,
           {facts.organization, facts.id, who.empty() ? store::Param(nullptr) : store::Param(who),
            call.figures(), clock_.now() + kLongestTransfer});
    tx.commit();
}

void CallDesks::end(const CallFacts& facts, const std::string& reason, const std::string& who,
                    const Json& figures) {
    const auto now = clock_.now();
    metrics::count("overture_calls_ended_total", {{"reason", reason}});
    auto tx = database_.begin(facts.organization);
    tx.run(sql::service::end_call,
           {facts.organization, facts.id, reason, now,
            who.empty() ? store::Param(nullptr) : store::Param(who), figures, nullptr});
    tx.commit();
}

// The cadence goes on as after any touch that did not arrive.
void CallDesks::tellUnreached(const CallFacts& facts, const std::string& reason) {
    const auto now = clock_.now();
    const auto key = "call:" + facts.id + ":unreached";
    auto tx = database_.begin(facts.organization);
    turn::post(tx, facts.organization,
               {{EventId(uuid7(now, key)),
                 facts.conversation,
                 "status",
                 now,
                 now,
                 key,
                 {{"delivery_id", facts.id}, {"status", "undelivered"}, {"code", reason}}}});
    tx.commit();
    wake_();
}

}  // namespace overture::service
