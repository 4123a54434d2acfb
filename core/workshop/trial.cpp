#include "workshop/trial.hpp"

#include <algorithm>

#include "base/digest.hpp"
#include "base/time.hpp"
#include "campaign/touches.hpp"
#include "workshop/options.hpp"

namespace overture::workshop {
namespace {

constexpr int kTurnsAtOnce = 500;
constexpr std::size_t kMostPlayed = 2000;

/// Nothing is called twice here: every step is asked for once.
class PassingJournal final : public turn::Journal {
public:
    Json step(std::string_view, const Json&, const std::function<turn::StepResult()>& call) override {
        return call().result;
    }
};

bool isTimer(const turn::Event& event) {
    return event.kind == "timer" || event.kind == "touch";
}

}  // namespace

void Trial::play(const Json& act, const std::function<void()>& really) {
    if (played_ == nullptr) return really();
    way_ += toText(act) + "\n";
    if (const auto known = played_->find(way_); known != played_->end()) return restore(known->second);
    really();
    if (played_->size() < kMostPlayed) played_->emplace(way_, state());
}

Json Trial::ask(const turn::Opened&, const std::string& capability, const Json&, const std::string&) {
    const auto found = tools_.find(capability);
    if (found == tools_.end()) return agent::noToolAnswer("no binding answers for " + capability);
    if (found->is_string()) return agent::noToolAnswer(found->get<std::string>());
    return {{"ok", true}, {"answer", *found}};
}

compliance::ContactRequest Trial::contactOn(const std::string& channel) const {
    compliance::ContactRequest request;
    request.channel = channel;
    request.address = campaign::addressOn(now_.opened.lead, channel);
    request.at = now_.opened.now;
    request.place = now_.opened.lead.place();
    request.consent = consent_;
    request.attempts = now_.attempts;
    request.suppressed = now_.suppressedAt.has_value();
    request.suppressedAt = now_.suppressedAt;
    return request;
}

void Trial::happens(const std::string& kind, Json payload) {
    const auto id = EventId(uuid7(now_.opened.now, "event:" + std::to_string(++now_.events)));
    now_.waiting.push_back({id, kind, now_.opened.now, now_.opened.now, std::move(payload), 0});
    now_.news = now_.lines.size();
    now_.reviews.clear();
    outOfDate_ = true;
    runDue();
}

void Trial::hears(const std::string& text, const std::string& channel) {
    const auto& by = channel.empty() ? now_.opened.conversation.channel : channel;
    (void)bench_.channel(by);
    play({"hears", text, by}, [&] { happens("message", {{"text", text}, {"channel", by}}); });
}

void Trial::later(seconds time) {
    play({"later", time.count()}, [&] { pass(time); });
}

void Trial::pass(seconds time) {
    now_.news = now_.lines.size();
    now_.reviews.clear();
    outOfDate_ = true;
    const auto until = now_.opened.now + time;
    for (int turns = 0;; ++turns) {
        const auto next = std::min_element(now_.waiting.begin(), now_.waiting.end(),
                                           [](const auto& a, const auto& b) { return a.dueAt < b.dueAt; });
        if (next == now_.waiting.end() || next->dueAt > until) break;
        if (turns == kTurnsAtOnce)
            throw Error("the conversation goes round in circles: 500 turns in " + toDurationText(time));
        now_.opened.now = std::max(now_.opened.now, next->dueAt);
        turn();
    }
    now_.opened.now = until;
}

void Trial::runDue() {
    for (int turns = 0; turns < kTurnsAtOnce; ++turns) {
        const bool due = std::any_of(now_.waiting.begin(), now_.waiting.end(),
                                     [&](const auto& event) { return event.dueAt <= now_.opened.now; });
        if (!due) return;
        turn();
    }
}

void Trial::turn() {
    auto& opened = now_.opened;
    opened.events.clear();
    std::stable_sort(now_.waiting.begin(), now_.waiting.end(),
                     [](const auto& a, const auto& b) { return a.dueAt < b.dueAt; });
    const auto later = std::find_if(now_.waiting.begin(), now_.waiting.end(),
                                    [&](const auto& event) { return event.dueAt > opened.now; });
    opened.events.assign(now_.waiting.begin(), later);
    now_.waiting.erase(now_.waiting.begin(), later);
    ++opened.turnNumber;
    opened.seed = hash64(opened.conversation.id.text(), static_cast<std::uint64_t>(opened.turnNumber)) >> 12;
    opened.contacts.clear();
    for (const auto& channel : bench_.channels())
        if (auto contact = contactOn(channel); !contact.address.empty())
            opened.contacts.emplace(channel, contact);
    PassingJournal journal;
    try {
        apply(handler_->handle(opened, journal));
    } catch (const turn::HoldError&) {
        throw;  // the playbook's own mistake: with its file and line
    } catch (const Error& error) {
        now_.diary.rollBack();
        for (const auto& event : opened.events)
            if (event.kind == "message")
                addLine({"in",
                         "lead",
                         textOf(event.payload, "channel"),
                         textOf(event.payload, "text"),
                         opened.conversation.stage,
                         event.receivedAt,
                         event.id,
                         {},
                         Json::object()});
        opened.conversation.state = "held";
        opened.conversation.reason = error.problem().what;
    }
}

void Trial::addLine(const turn::NewMessage& message) {
    auto& opened = now_.opened;
    opened.messages.push_back({++opened.conversation.messageCount, message.direction, message.author,
                               message.channel, message.text, message.stage, message.at, message.details});
    now_.lines.push_back(
        {message.direction, message.text, message.channel, message.stage, message.at, false});
}

void Trial::apply(turn::Outcome outcome) {
    auto& conversation = now_.opened.conversation;
    note(outcome.explanation);
    if (outcome.deferUntil) {
        now_.diary.rollBack();
        for (auto event : now_.opened.events) {
            event.dueAt = std::max(*outcome.deferUntil, now_.opened.now + seconds(1));
            now_.waiting.push_back(std::move(event));
        }
        return;
    }
    conversation.turnCount = now_.opened.turnNumber;
    conversation.stage = outcome.stage.value_or(conversation.stage);
    conversation.state = outcome.state.value_or(conversation.state);
    conversation.reason = outcome.reason.value_or(conversation.reason);
    conversation.language = outcome.language.value_or(conversation.language);
    conversation.sentiment = outcome.sentiment.value_or(conversation.sentiment);
    conversation.channel = outcome.channel.value_or(conversation.channel);
    if (outcome.facts) conversation.facts = std::move(*outcome.facts);
    if (outcome.memory) conversation.memory = std::move(*outcome.memory);
    for (const auto& message : outcome.messages) addLine(message);
    if (outcome.cancelTimers) std::erase_if(now_.waiting, isTimer);
    for (auto& timer : outcome.timers)
        now_.waiting.push_back({EventId(uuid7(now_.opened.now, "event:" + std::to_string(++now_.events))),
                                timer.kind, timer.dueAt, now_.opened.now, std::move(timer.payload), 0});
    for (const auto& delivery : outcome.deliveries)
        if (delivery.permit.request().purpose == "marketing") now_.attempts.push_back(now_.opened.now);
    now_.diary.commit();
    if (outcome.optOut) optOut(*outcome.optOut);
}

void Trial::optOut(const turn::OptOutAct& act) {
    auto& conversation = now_.opened.conversation;
    now_.suppressedAt = now_.opened.now;
    std::erase_if(now_.waiting, isTimer);
    conversation.state = "closed";
    conversation.reason = act.reason;
    ++conversation.takeoverFence;
}

void Trial::note(const Json& explanation) {
    now_.why = explanation;
    if (!explanation.contains("reviews")) return;
    for (const auto& review : explanation["reviews"])
        now_.reviews.push_back({textOf(review, "draft"), textOf(review, "verdict"),
                                review.value("reasons", std::vector<std::string>{})});
}

void Trial::modelSays(const Json& answer) {
    way_ += "model " + toText(answer) + "\n";
    Json full{{"reply", ""},           {"move", nullptr},         {"facts", Json::object()},
              {"objection", nullptr},  {"sentiment", "neutral"},  {"language", nullptr},
              {"wants_person", false}, {"slot_choice", 0},        {"slot_answer", nullptr},
              {"declined", false},     {"nothing_to_say", false}, {"unsure", false}};
    full.update(answer);
    if (textOf(full, "reply").empty()) full["nothing_to_say"] = true;
    model_->part.drafts.push_back(std::move(full));
}

void Trial::overseerSays(const Json& answer) {
    const auto verdict = textOf(answer, "verdict");
    way_ += "overseer " + toText(answer) + "\n";
    if (verdict != "approve" && verdict != "revise" && verdict != "hold" && verdict != "stop")
        throw Error("overseer_says needs a verdict: approve, revise, hold or stop");
    auto reasons = answer.value("reasons", Json::array());
    if (reasons.is_string()) reasons = Json::array({reasons});
    if (!reasons.is_array()) reasons = Json::array();
    model_->part.reviews.push_back({{"verdict", verdict}, {"reasons", std::move(reasons)}});
}

void Trial::modelsFail(bool failing) {
    model_->part.failing = failing;
    way_ += failing ? "fails\n" : "recovers\n";
}

void Trial::takeOver() {
    auto& conversation = now_.opened.conversation;
    way_ += "taken\n";
    if (conversation.state == "closed") throw Error("a closed conversation cannot be taken over");
    conversation.state = "taken";
    conversation.reason = "a person has it";
    ++conversation.takeoverFence;
    outOfDate_ = true;
}

void Trial::giveBack() {
    if (now_.opened.conversation.state != "taken") throw Error("nobody has taken this conversation over");
    play({"release"}, [&] { happens("release", {{"fence", now_.opened.conversation.takeoverFence}}); });
}

Trial::State Trial::state() const {
    auto state = now_;
    state.model = model_->part;
    return state;
}

std::optional<Instant> Trial::nextDue() const {
    std::optional<Instant> next;
    for (const auto& event : now_.waiting)
        if (!next || event.dueAt < *next) next = event.dueAt;
    return next;
}

void Trial::restore(State state) {
    model_->part = state.model;
    now_ = std::move(state);
    outOfDate_ = true;
}

const playbook::Standing& Trial::standing() {
    if (!outOfDate_) return shown_;
    const auto& opened = now_.opened;
    const auto& conversation = opened.conversation;
    const auto zone = zoneOf(opened.lead);
    shown_ = {};
    shown_.stage = conversation.stage;
    shown_.state = conversation.state;
    shown_.reason = conversation.reason;
    shown_.language = conversation.language;
    shown_.channel = conversation.channel;
    shown_.sentiment = conversation.sentiment;
    shown_.variant = textOf(conversation.memory, "variant");
    shown_.score = conversation.memory.value("score", 0);
    shown_.unconfirmed = conversation.memory.value("unconfirmed", Json::object());
    const auto reached = conversation.memory.value("checkpoints", Json::object());
    for (const auto& checkpoint : bench_.definition().checkpoints)
        if (reached.contains(checkpoint.name)) shown_.checkpoints.push_back(checkpoint.name);
    shown_.zone = zone;
    shown_.lead = opened.lead.toJson();
    shown_.facts = conversation.facts;
    shown_.now = opened.now;
    shown_.messages = now_.lines;
    shown_.news = now_.news;
    for (const auto& slot : agent::Booking::slotsOf(conversation.memory.value("slots", Json::array())))
        shown_.offered.push_back(slot.text(zone, conversation.language));
    if (const auto* booked = now_.diary.booked())
        shown_.meeting = Json{{"text", booked->slot.text(zone, conversation.language)},
                              {"manager", booked->slot.managerName},
                              {"from", toRfc3339(booked->slot.from)},
                              {"to", toRfc3339(booked->slot.to)}};
    shown_.reviews = now_.reviews;
    shown_.channels = bench_.definition().channels;
    if (now_.suppressedAt)
        for (const auto& channel : shown_.channels)
            if (const auto contact = contactOn(channel);
                contact.address.empty() ||
                std::holds_alternative<compliance::Refused>(bench_.gate().decide(contact)))
                shown_.optedOut.push_back(channel);
    shown_.why = now_.why;
    outOfDate_ = false;
    return shown_;
}

}  // namespace overture::workshop
