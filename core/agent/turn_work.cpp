#include "agent/turn_work.hpp"

#include <algorithm>

#include "agent/handler.hpp"
#include "agent/models.hpp"
#include "base/digest.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "compliance/main_zone.hpp"
#include "compliance/optout.hpp"
#include "compliance/retries.hpp"
#include "queries/agent.hpp"

namespace overture::agent {
namespace {

constexpr auto kCadenceEnd = days(5);
constexpr auto kLongestWait = minutes(30);

std::string firstLanguage(const playbook::Definition& definition) {
    return definition.languages.empty() ? "en" : definition.languages.front();
}

/// The variant that the conversation has; at first that of its lead.
std::string variantOf(const playbook::Definition& definition, const turn::Opened& opened) {
    const auto& memory = opened.conversation.memory;
    if (memory.is_object() && memory.contains("variant")) {
        const auto kept = textOf(memory, "variant");
        if (kept.empty() || definition.worded.contains(kept)) return kept;
    }
    return definition.variantOf(opened.lead.id.text());
}

std::shared_ptr<const playbook::Definition> wordedFor(const Loaded& loaded, const turn::Opened& opened) {
    const auto found = loaded.definition->worded.find(variantOf(*loaded.definition, opened));
    return found == loaded.definition->worded.end() ? loaded.definition : found->second;
}

bool isDevanagari(std::string_view text) {
    // U+0900–U+097F are E0 A4 80 … E0 A5 BF in UTF-8.
    for (std::size_t i = 0; i + 1 < text.size(); ++i)
        if (static_cast<unsigned char>(text[i]) == 0xE0 && (static_cast<unsigned char>(text[i + 1]) == 0xA4 ||
                                                            static_cast<unsigned char>(text[i + 1]) == 0xA5))
            return true;
    return false;
}

void askShadow(const turn::Opened& opened, const std::string& version, turn::Outcome& outcome) {
    if (version.empty() || version == opened.conversation.version) return;
    outcome.effects.push_back([organization = opened.organization, conversation = opened.conversation.id,
                               turn = opened.turnNumber, version, now = opened.now](store::Transaction& tx) {
        tx.run(sql::agent::ask_shadow, {organization, conversation, turn, version, now});
    });
}

}  // namespace

turn::Outcome Conversationalist::handle(const turn::Opened& opened, turn::Journal& journal) {
    auto loaded = parts_.library.version(opened.organization, opened.conversation.version);
    try {
        auto outcome = TurnWork(parts_, opened, journal, std::move(loaded)).run();
        if (parts_.shadow && !outcome.deferUntil) askShadow(opened, parts_.shadow(opened), outcome);
        return outcome;
    } catch (const playbook::ScriptError& error) {
        throw turn::HoldError(error.problem());
    }
}

TurnWork::TurnWork(const Parts& parts, const turn::Opened& opened, turn::Journal& journal,
                   std::shared_ptr<const Loaded> loaded)
    : parts_(parts),
      opened_(opened),
      journal_(journal),
      loaded_(std::move(loaded)),
      worded_(wordedFor(*loaded_, opened)),
      definition_(*worded_),
      lead_(opened.lead.toJson()),
      facts_(opened.conversation.facts),
      memory_(opened.conversation.memory),
      stageName_(opened.conversation.stage),
      language_(opened.conversation.language),
      channel_(opened.conversation.channel),
      policy_(parts.policies == nullptr ? nullptr : parts.policies->of(opened.organization)),
      purse_(parts.treasury, policy_, opened),
      models_(modelsOf(parts, opened, policy_.get())) {
    if (std::find(definition_.languages.begin(), definition_.languages.end(), language_) ==
        definition_.languages.end())
        language_ = firstLanguage(definition_);
    const auto places = compliance::placesOf(opened.lead.place());
    zone_ = isZone(opened.lead.zone) ? opened.lead.zone : compliance::mainZone(places);
    models_.purse = &purse_;
    recallAnswers();
    if (!definition_.variants.empty()) memory_["variant"] = variantOf(*loaded_->definition, opened);
}

turn::Outcome TurnWork::run() {
    sortEvents();
    if (undelivered_) notReached();
    if (!incoming_.empty() && optedOut()) return finish();
    if (!replies_.empty()) sendReplies();
    if (out_.deferUntil) return finish();
    if (opened_.conversation.state == "held" && !out_.deliveries.empty() &&
        replies_.back().payload.value("go_on", false)) {
        out_.state = "open";
        out_.reason = "";
    }
    if (opened_.conversation.state == "taken" && released_) {
        out_.state = "open";
        out_.reason = "";
        notes_["released"] = opened_.conversation.reason;
    } else if (opened_.conversation.state != "open") {
        forPerson();
        return finish();
    }
    if (opened_.campaign.state != "running") {
        whileNotRunning();
        return finish();
    }
    try {
        if (!incoming_.empty() || touch_ || timer_) answer();
    } catch (const NoMoney& no) {
        withoutMoney(no);
    } catch (const ModelsPaused& paused) {
        withoutModels(paused);
    }
    return finish();
}

void TurnWork::answer() {
    if (timer_ && incoming_.empty() && !timerAllows()) return;
    if (!chooseChannel() || !mayContact()) return;
    booking_.emplace(parts_, opened_, journal_, zone_, language_);
    if (!mayWriteFreely()) return;
    readWish();
    respond();
    reachCheckpoints();
    setTimers();
}

void TurnWork::decideNothing() {
    out_ = turn::Outcome{};
    recorded_ = false;
    facts_ = opened_.conversation.facts;
    memory_ = opened_.conversation.memory;
    said_.reset();
    memory_.erase("asked");
    stageName_ = opened_.conversation.stage;
    noteThreads();
}

/// Nobody waits for a touch, and tomorrow the day's money is there again; anything else is a person's to answer.
void TurnWork::withoutMoney(const NoMoney& no) {
    decideNothing();
    notes_["budget"] = {{"refused", no.problem().what}, {"scope", no.shortage().scope}};
    log::warning("budget_refused",
                 {{"conversation", opened_.conversation.id.text()}, {"reason", no.problem().what}});
    if (touch_ && no.shortage().period == "day") {
        const auto spread = seconds(hash64(opened_.conversation.id.text(), 11) % 3600);
        out_.deferUntil = std::chrono::floor<days>(opened_.now) + days(1) + spread;
        return;
    }
    recordIncoming();
    out_.cancelTimers = true;
    hold(no.problem().what);
}

/// A pause is short: the turn waits for its end. When the lead has waited too long already the failure counts as one, and
/// after enough of those a person is asked.
void TurnWork::withoutModels(const ModelsPaused& paused) {
    for (const auto& message : messages_)
        if (opened_.now - message.receivedAt > kLongestWait) throw ModelsPaused(paused);
    decideNothing();
    notes_["models"] = paused.what();
    out_.deferUntil = std::max(paused.until(), opened_.now + seconds(1));
}

void TurnWork::sortEvents() {
    for (const auto& event : opened_.events) {
        notes_["events"].push_back({{"kind", event.kind}, {"due_at", toRfc3339(event.dueAt)}});
        if (event.kind == "message")
            messages_.push_back(event);
        else if (event.kind == "touch")
            touch_ = event;
        else if (event.kind == "timer")
            timer_ = event;
        else if (event.kind == "reply")
            replies_.push_back(event);
        else if (event.kind == "status")
            undelivered_ = event;
        else if (event.kind == "release")
            released_ = released_ ||
                        event.payload.value("fence", std::int64_t{-1}) == opened_.conversation.takeoverFence;
    }
    noteThreads();
    for (const auto& event : messages_)
        incoming_ += (incoming_.empty() ? "" : "\n") + toValidUtf8(textOf(event.payload, "text"));
    if (incoming_.empty()) return;
    touch_.reset();
    timer_.reset();
    channel_ = textOf(messages_.back().payload, "channel", channel_);
    onCall_ = messages_.back().payload.contains("call");
    if (onCall_ && parts_.speaker) speaker_ = parts_.speaker(opened_);
    choiceAt_ = Booking::timeOfChoice(textOf(messages_.back().payload, "choice"));
    if (isDevanagari(incoming_) && std::find(definition_.languages.begin(), definition_.languages.end(),
                                             "hi") != definition_.languages.end())
        language_ = "hi";
}

void TurnWork::noteThreads() {
    for (const auto& event : messages_)
        if (const auto thread = event.payload.find("thread"); thread != event.payload.end())
            memory_["threads"][textOf(event.payload, "channel", channel_)] = *thread;
}

void TurnWork::recordIncoming() {
    if (std::exchange(recorded_, true)) return;
    for (const auto& event : messages_) {
        auto details = Json::object();
        for (const char* own : {"choice", "media"})
            if (event.payload.contains(own)) details[own] = event.payload[own];
        out_.messages.push_back({"in", "lead", textOf(event.payload, "channel", channel_),
                                 toValidUtf8(textOf(event.payload, "text")), opened_.conversation.stage,
                                 event.receivedAt, event.id, std::nullopt, std::move(details)});
    }
}

bool TurnWork::optedOut() {
    for (const auto& event : messages_) {
        const auto text = textOf(event.payload, "text");
        const auto check = compliance::checkOptOut(text, language_, lastOutbound());
        asksForHelp_ = asksForHelp_ || check.verdict == compliance::OptOut::help;
        if (check.verdict != compliance::OptOut::optout && check.verdict != compliance::OptOut::unsure)
            continue;
        const bool sure = check.verdict == compliance::OptOut::optout;
        recordIncoming();
        turn::OptOutAct act;
        if (!opened_.lead.phone.empty()) act.addresses.push_back(opened_.lead.phone);
        if (!opened_.lead.email.empty()) act.addresses.push_back(opened_.lead.email);
        if (const auto from = textOf(event.payload, "from");
            !from.empty() &&
            std::find(act.addresses.begin(), act.addresses.end(), from) == act.addresses.end())
            act.addresses.push_back(from);
        act.reason = sure ? "opted out" : "may have opted out";
        act.proof = {{"text", text},
                     {"why", check.why},
                     {"at", toRfc3339(event.receivedAt)},
                     {"event", event.id.text()}};
        out_.optOut = std::move(act);
        notes_["opt_out"] = {{"verdict", std::string(nameOf(check.verdict))}, {"why", check.why}};
        if (const auto meeting = MeetingId::parse(textOf(memory_, "hold")))
            parts_.diary.cancel(out_, opened_, *meeting);
        out_.cancelTimers = true;
        return true;
    }
    return false;
}

void TurnWork::forPerson() {
    recordIncoming();
    memory_.erase("confirming");
    notes_["answered_by"] = "a person: the conversation is " + opened_.conversation.state;
    const bool optedOutBefore = opened_.conversation.reason.find("opted out") != std::string::npos;
    if (opened_.conversation.state == "closed" && !incoming_.empty() && !optedOutBefore)
        hold("wrote again after: " + opened_.conversation.reason);
}

/// What people write is kept; a pause's end looks at the conversation again, and after the end a person does.
void TurnWork::whileNotRunning() {
    const auto& state = opened_.campaign.state;
    notes_["gate"] = "the campaign is " + state;
    if (state == "paused" || state == "draft") return;
    if (incoming_.empty())
        close("the campaign was " + state);
    else
        hold("wrote after the campaign was " + state);
}

/// Not a note, and not something that was cancelled before it left, or never arrived.
bool TurnWork::wasSaid(const turn::Message& message) const {
    if (message.direction == "note") return false;
    if (!message.details.is_object()) return true;
    const auto unreached = memory_.find("unreached");
    return !message.details.value("unsent", false) &&
           (unreached == memory_.end() || !unreached->contains(textOf(message.details, "delivery")));
}

/// A touch that did not arrive is made again after a while, longer each time; then the cadence goes on by another channel.
void TurnWork::notReached() {
    const auto& status = undelivered_->payload;
    const auto outcome = compliance::unreachedOf(textOf(status, "status"));
    const auto delivery = textOf(status, "delivery_id");
    const auto message =
        std::find_if(opened_.messages.begin(), opened_.messages.end(), [&](const turn::Message& one) {
            return one.details.is_object() && !delivery.empty() &&
                   textOf(one.details, "delivery") == delivery;
        });
    if (!outcome || message == opened_.messages.end()) return;
    memory_["unreached"][delivery] = textOf(status, "code");
    said_.reset();
    notes_["not_reached"] = status;
    if (message->author == "user" && status.value("never_left", false))
        out_.messages.push_back({"note", "user", message->channel,
                                 "Not sent, " + textOf(status, "code") + ": " + message->text, stageName_,
                                 opened_.now, undelivered_->id, std::nullopt, Json::object()});
    const auto number = static_cast<std::size_t>(memory_.value("touch", 0));
    const auto* touch = definition_.touch(number);
    const bool alone = incoming_.empty() && !touch_ && !timer_ && opened_.conversation.state == "open" &&
                       opened_.campaign.state == "running";
    const bool noCall =
        status.value("final", false) || status.value("refused", false) || status.value("never_left", false);
    if (message->channel == "voice" && !noCall) {
        if (alone) callNotReached(*message, textOf(status, "code"));
        return;
    }
    if (alone && leadHasWritten()) return answerNotReached(*message);
    if (!alone || touch == nullptr || message->channel != touch->channel) return;
    out_.cancelTimers = true;
    const int times = memory_.value("tries_of_touch", 0) + 1;
    memory_["tries_of_touch"] = times;
    const bool final = status.value("final", false);  // that address will never work
    if (status.value("refused", false) && !final) return settleTouch();
    if (const auto wait = final ? std::nullopt : compliance::retryAfter(*outcome, times)) {
        if (const auto at = parts_.pace(opened_, *touch, opened_.now + *wait)) {
            out_.timers.push_back({"touch", *at, {{"touch", number}}});
            return;
        }
    }
    memory_["dead"][message->channel] = textOf(status, "code");
    settleTouch();
}

/// Where the channel's window has closed meanwhile, what waits for an answer gets it by a template; otherwise a person sees to
/// what never left. What a carrier took and lost leaves the timers alone.
void TurnWork::answerNotReached(const turn::Message& answer) {
    const bool later = std::any_of(
        opened_.messages.begin(), opened_.messages.end(),
        [&](const turn::Message& one) { return one.number > answer.number && one.direction == "out"; });
    if (later) return;
    channel_ = answer.channel;
    const bool usable = opened_.contacts.contains(channel_) && opened_.campaign.bindings.contains(channel_);
    const bool byTemplate = answer.details.contains("template");
    if (usable && !byTemplate && textOf(channelWindow(), "allow") != "free") {
        takeUpAgain();
        return;
    }
    const auto& status = undelivered_->payload;
    if (status.value("never_left", false))
        hold("our answer could not be sent: " + textOf(status, "code", "the carrier does not say why"));
}

bool TurnWork::takeUpAgain() {
    bool anything = false;
    for (auto message = opened_.messages.rbegin(); message != opened_.messages.rend(); ++message) {
        if (!wasSaid(*message)) continue;
        anything = true;
        if (message->direction != "in") break;
        if (incoming_.empty()) channel_ = message->channel;
        incoming_ = message->text + (incoming_.empty() ? "" : "\n") + incoming_;
        answeredFrom_ = message->number;
        said_.reset();
    }
    if (!incoming_.empty()) return true;
    const auto& all = opened_.messages;
    const auto last = std::find_if(all.rbegin(), all.rend(),
                                   [](const turn::Message& message) { return message.direction != "note"; });
    if (!leadHasWritten() && (!anything || !wasSaid(*last))) {
        const auto number = static_cast<std::size_t>(memory_.value("touch", 0));
        const auto* touch = definition_.touch(number);
        const auto at = touch == nullptr ? std::nullopt : parts_.pace(opened_, *touch, opened_.now);
        if (at)
            out_.timers.push_back({"touch", *at, {{"touch", number}}});
        else
            close("could not be reached");
        return false;
    }
    setTimers();
    return false;
}

bool TurnWork::timerAllows() {
    out_.cancelTimers = true;
    const auto& payload = timer_->payload;
    if (payload.contains("resumed")) return takeUpAgain();
    if (payload.contains("close")) {
        close(textOf(payload, "close"));
        return false;
    }
    if (payload.contains("go")) {
        const auto* target = definition_.stage(textOf(payload, "go"));
        if (target == nullptr || textOf(payload, "quiet") != stageName_) return false;
        go(target->name, "no word for " + textOf(payload, "after"));
        purpose_ = "marketing";
        guidance_ = "The lead has not answered for " + textOf(payload, "after") +
                    ". Write one short friendly message.";
        if (target->closes || target->lines.empty()) {
            if (target->closes) close("no answer");
            if (target->handsOver) hold("handed over: " + target->name);
            return false;
        }
        return true;
    }
    if (payload.contains("callback")) {
        beginCallback();
        return true;
    }
    purpose_ = "service";
    return payload.contains("remind");
}

bool TurnWork::chooseChannel() {
    if (touch_) {
        purpose_ = "marketing";
        const auto number = touch_->payload.value("touch", 0);
        const auto* touch = definition_.touch(static_cast<std::size_t>(number));
        if (memory_.value("touch", -1) != number) memory_.erase("tries_of_touch");
        memory_["touch"] = number;
        if (touch != nullptr) channel_ = touch->channel;
    }
    if (channel_.empty() && !definition_.cadence.empty()) channel_ = definition_.cadence.front().channel;
    const bool usable = opened_.contacts.contains(channel_) && opened_.campaign.bindings.contains(channel_);
    if (usable) return true;
    notes_["gate"] = "this campaign has no way to reach the lead by \"" + channel_ + "\"";
    if (touch_)
        settleTouch();
    else
        hold("no way to answer by \"" + channel_ + "\"");
    recordIncoming();
    return false;
}

void TurnWork::settleTouch() {
    if (const auto next = touchFrom(static_cast<std::size_t>(memory_.value("touch", 0)) + 1))
        out_.timers.push_back(*next);
    else
        close("could not be reached");
}

/// The first step of the cadence from `number` on that reaches this lead, when its time has come; the waits of steps left
/// out on the way count too.
std::optional<turn::Timer> TurnWork::touchFrom(std::size_t number) const {
    seconds after{0};
    for (const auto* touch = definition_.touch(number); touch != nullptr;
         touch = definition_.touch(++number)) {
        after += touch->after;
        if (!opened_.contacts.contains(touch->channel) ||
            !opened_.campaign.bindings.contains(touch->channel) ||
            memory_.value("dead", Json::object()).contains(touch->channel))
            continue;
        const auto at = parts_.pace(opened_, *touch, opened_.now + after);
        return at ? std::optional(turn::Timer{"touch", *at, {{"touch", number}}}) : std::nullopt;
    }
    return std::nullopt;
}

compliance::ContactRequest TurnWork::contact() const {
    auto request = opened_.contacts.at(channel_);
    request.purpose = purpose_;
    request.at = opened_.now;
    addRegistryAnswers(request);
    return request;
}

bool TurnWork::mayContact() {
    const auto verdict = askGate();
    const auto* later = std::get_if<compliance::NotBefore>(&verdict);
    if (later != nullptr && speaker_) {
        // Hours bind who begins a call (47 CFR 64.1200(c)(1), "initiate"): who is on the line is answered.
        notes_["gate"] = {{"on_the_line", true}, {"rule", later->rule}};
    } else if (later != nullptr) {
        // Everybody's morning begins at the same minute: spread the answers over its first half hour.
        const auto spread = seconds(hash64(opened_.conversation.id.text(), 7) % 1800);
        auto shifted = contact();
        shifted.at = later->at + spread;
        const auto again = parts_.gate.earliest(shifted);
        out_.deferUntil = std::max(again.value_or(later->at), later->at);
        notes_["gate"] = {{"not_before", toRfc3339(later->at)}, {"rule", later->rule}};
        return false;
    }
    if (const auto* no = std::get_if<compliance::Refused>(&verdict)) {
        if (askAgainAt_) {
            out_.deferUntil = askAgainAt_;
            notes_["gate"] = {{"waits", no->reason}, {"rule", no->rule}};
            return false;
        }
        notes_["gate"] = {{"refused", no->reason}, {"rule", no->rule}};
        recordIncoming();
        out_.cancelTimers = true;
        if (!incoming_.empty())
            hold("may not be answered: " + no->reason);
        else if (registryStaysAway_)
            hold("may not be written to: " + no->reason);
        else
            close(no->rule + ": " + no->reason);
        return false;
    }
    recordIncoming();
    return true;
}

std::string TurnWork::lastOutbound() const {
    for (auto message = opened_.messages.rbegin(); message != opened_.messages.rend(); ++message)
        if (message->direction == "out" && wasSaid(*message)) return message->text;
    return {};
}

bool TurnWork::leadHasWritten() const {
    return !incoming_.empty() ||
           std::any_of(opened_.messages.begin(), opened_.messages.end(),
                       [](const turn::Message& message) { return message.direction == "in"; });
}

bool TurnWork::weHaveWritten() const {
    return std::any_of(
        opened_.messages.begin(), opened_.messages.end(),
        [this](const turn::Message& message) { return message.direction == "out" && wasSaid(message); });
}

void TurnWork::setTimers() {
    out_.cancelTimers = true;
    if (silenced()) return;
    if (memory_.contains("booked")) {
        const auto from = parseRfc3339(textOf(memory_["booked"], "from")).value_or(opened_.now);
        const auto* booking = definition_.stage(textOf(memory_["booked"], "stage"));
        if (booking != nullptr && booking->booking)
            for (const auto& before : booking->booking->remind)
                if (from - before > opened_.now)
                    out_.timers.push_back({"timer", from - before, {{"remind", toDurationText(before)}}});
        return;
    }
    const auto& quiet = stage().quiet;
    if (leadHasWritten()) {
        if (keepCallback()) return;
        if (quiet)
            out_.timers.push_back(
                {"timer",
                 opened_.now + quiet->after,
                 {{"quiet", stageName_}, {"go", quiet->go}, {"after", toDurationText(quiet->after)}}});
        return;
    }
    if (const auto next = touchFrom(static_cast<std::size_t>(memory_.value("touch", 0)) + 1))
        out_.timers.push_back(*next);
    else
        out_.timers.push_back({"timer", opened_.now + kCadenceEnd, {{"close", "no answer"}}});
}

const playbook::Stage& TurnWork::stage() const {
    if (const auto* found = definition_.stage(stageName_)) return *found;
    throw turn::HoldError("this playbook has no stage \"" + stageName_ + "\"",
                          "conversation " + opened_.conversation.id.text(),
                          "Move the conversation to a stage that exists.");
}

void TurnWork::go(const std::string& name, const std::string& why) {
    if (name.empty() || name == stageName_ || definition_.stage(name) == nullptr) return;
    notes_["moves"].push_back({{"from", stageName_}, {"to", name}, {"why", why}});
    stageName_ = name;
}

void TurnWork::hold(const std::string& reason) {
    out_.state = "held";
    out_.reason = reason;
}

void TurnWork::close(const std::string& reason) {
    out_.state = "closed";
    out_.reason = reason;
}

turn::Outcome TurnWork::finish() {
    if (!out_.deferUntil) {
        out_.stage = stageName_;
        out_.language = language_;
        out_.channel = channel_;
        out_.facts = facts_;
        out_.memory = memory_;
        recordIncoming();
    } else {
        out_.messages.clear();
        out_.cancelTimers = false;
        keepAnswers();
    }
    out_.explanation = notes_;
    out_.paid = purse_.counts();
    return std::move(out_);
}

}  // namespace overture::agent
