#include <algorithm>

#include "agent/turn_work.hpp"
#include "base/text.hpp"
#include "base/time.hpp"

namespace overture::agent {
namespace {

Json reviewNote(const std::string& reply, const Review& review) {
    return {{"draft", reply},
            {"verdict", std::string(nameOf(review.verdict))},
            {"reasons", review.reasons},
            {"by", review.by}};
}

Review verdictOf(const Told& told) {
    auto verdict = Review::Verdict::hold;
    if (told.verdict == "revise") verdict = Review::Verdict::revise;
    if (told.verdict == "stop") verdict = Review::Verdict::stop;
    return {verdict, told.reasons, told.by};
}

}  // namespace

void TurnWork::respond() {
    if (models_.order.empty())
        throw turn::HoldError("this campaign has no model bound", "campaign " + opened_.campaign.name,
                              "Bind a model provider, for example \"scripted\".");

    if (timer_ && timer_->payload.contains("remind")) {
        if (!memory_.contains("booked")) return;
        memory_["pending"] = memory_["booked"];
        slotText_ = booking_->text(Booking::slotsOf(Json::array({memory_["booked"]})).front());
        const auto* booking = definition_.stage(textOf(memory_["booked"], "stage"));
        const auto text =
            bookingText(booking == nullptr ? playbook::TextLists{} : booking->booking->remindLines, "remind");
        memory_.erase("pending");
        if (const auto line = engineLine(text)) deliver(*line);
        return;
    }
    if (!incoming_.empty() && runHook()) {
        memory_.erase("confirming");
        return;
    }
    if (ownLine_) {
        memory_.erase("confirming");
        if (const auto line = engineLine(*ownLine_)) deliver(*line);
        return;
    }

    auto about = briefing();
    findNearest(about);
    auto draft = draftFor(about);
    const auto languageBefore = language_;
    readUnderstanding(draft);
    if (draft.wantsPerson) {
        const auto handOver = std::find_if(definition_.stages.begin(), definition_.stages.end(),
                                           [](const playbook::Stage& stage) { return stage.handsOver; });
        hold("asked for a person");
        if (handOver == definition_.stages.end()) return;
        go(handOver->name, "asked for a person");
        const auto lines = stageLines(*handOver);
        if (lines.empty()) return;
        if (const auto line = engineLine(lines[opened_.seed % lines.size()])) deliver(*line);
        return;
    }
    if (auto text = bookingReply(draft)) {
        if (silenced()) return;
        if (const auto line = engineLine(*text)) deliver(*line);
        if (noFreeTime_) hold("no free time to offer");
        return;
    }
    if (silenced()) return;
    if (const auto question = confirmation(draft)) {
        if (const auto line = engineLine(*question)) deliver(*line);
        return;
    }

    const auto stageBefore = stageName_;
    decideStage(draft);
    const bool moved = stageName_ != stageBefore;
    const bool draftedForIt = moved && draft.move == stageName_ && !stage().booking;
    if (stage().booking && (moved || (!memory_.contains("slots") && !memory_.contains("booked")))) {
        if (const auto failure = offerSlots()) {
            if (const auto line = engineLine(*failure)) deliver(*line);
            hold("no free time to offer");
            return;
        }
    }
    if ((moved && !draftedForIt) || language_ != languageBefore || slotsJustOffered_ || confirmed_) {
        about = briefing();
        draft = draftFor(about);
    } else if (moved) {
        about = briefing();
    }
    const auto reply = reviewed(about, draft);
    if (reply && !trim(*reply).empty()) deliver(*reply);
    if (silenced()) return;
    if (stage().handsOver)
        hold("handed over: " + stageName_);
    else if (stage().closes)
        close(stageName_);
}

bool TurnWork::runHook() {
    if (!definition_.hasReplyHook) return false;
    playbook::Script script(loaded_->files, view(), tools());
    bool silent = false;
    for (const auto& act : script.onReply(incoming_)) {
        using Kind = playbook::Act::Kind;
        switch (act.kind) {
            case Kind::say: ownLine_ = act.text; break;
            case Kind::draft: guidance_ = act.text; break;
            case Kind::go: go(act.text, "the playbook's reply hook"); break;
            case Kind::wait: silent = true; break;
            case Kind::handover:
                hold(act.text.empty() ? "handed over by the playbook" : act.text);
                silent = true;
                break;
            case Kind::close:
                close(act.text.empty() ? "closed by the playbook" : act.text);
                silent = true;
                break;
            case Kind::book:
                for (const auto& stage : definition_.stages)
                    if (stage.booking) {
                        go(stage.name, "the playbook's reply hook");
                        break;
                    }
                break;
            case Kind::note:
                out_.messages.push_back(
                    {"note", "engine", channel_, act.text, stageName_, opened_.now, {}, {}, Json::object()});
                break;
        }
    }
    if (!silent || !ownLine_) return silent;
    if (const auto line = engineLine(*ownLine_)) deliver(*line);
    return true;
}

void TurnWork::readUnderstanding(const Draft& draft) {
    if (!draft.sentiment.empty()) out_.sentiment = draft.sentiment;
    settleConfirmation(draft);
    if (draft.facts.is_object())
        for (const auto& [name, value] : draft.facts.items())
            if (definition_.facts.contains(name)) learn(name, value);
    const auto& languages = definition_.languages;
    if (!incoming_.empty() &&
        std::find(languages.begin(), languages.end(), draft.language) != languages.end())
        language_ = draft.language;
    booking_.emplace(parts_, opened_, journal_, zone_, language_);
    notes_["understood"] = {{"facts", draft.facts},
                            {"objection", draft.objection},
                            {"sentiment", draft.sentiment},
                            {"language", draft.language},
                            {"wants_person", draft.wantsPerson},
                            {"slot_choice", draft.slotChoice},
                            {"slot_answer", draft.slotAnswer},
                            {"declined", draft.declined},
                            {"proposed_move", draft.move},
                            {"model", draft.model}};
}

bool TurnWork::askFunctions() {
    const auto& here = stage();
    if (std::none_of(here.moves.begin(), here.moves.end(),
                     [](const playbook::Move& move) { return move.isFunction; }))
        return false;
    playbook::Script script(loaded_->files, view(), tools());
    for (const auto& move : here.moves)
        if (move.isFunction && script.moveAllowed(here.name, move.to)) {
            go(move.to, "the playbook's rule");
            return true;
        }
    return false;
}

void TurnWork::decideStage(const Draft& draft) {
    if (!draft.objection.empty()) return answerObjection(draft.objection);
    if (askFunctions()) return;
    if (!draft.move.empty()) {
        go(draft.move, "the CSR understood: " + draft.move);
        if (stage().closes) cancelMeeting();
        return;
    }
    if (draft.declined && !incoming_.empty() && !wished_) close("declined");
}

void TurnWork::cancelMeeting() {
    if (!memory_.contains("booked")) return;
    const auto meeting = MeetingId::parse(textOf(memory_["booked"], "meeting"));
    if (!meeting) return;
    parts_.diary.cancel(out_, opened_, *meeting);
    notes_["booking"].push_back({{"cancelled", meeting->text()}});
    memory_.erase("booked");
}

void TurnWork::answerObjection(const std::string& name) {
    const auto* objection = definition_.objection(name);
    if (objection == nullptr) return;
    const int tries = memory_.value("tries", Json::object()).value(name, 0) + 1;
    memory_["tries"][name] = tries;
    if (tries > objection->tries && !objection->otherwise.empty())
        go(objection->otherwise,
           "objection \"" + name + "\" after " + std::to_string(objection->tries) + " tries");
}

std::optional<std::string> TurnWork::offerSlots() {
    const auto& rules = *stage().booking;
    if (const auto held = MeetingId::parse(textOf(memory_, "hold")))
        parts_.diary.cancel(out_, opened_, *held);
    for (const char* key : {"hold", "pending", "slots"}) memory_.erase(key);
    const auto slots = booking_->offer(rules);
    if (slots.empty()) {
        noFreeTime_ = true;
        return bookingText(rules.noneLines, "none");
    }
    memory_["slots"] = Booking::toJson(slots);
    slotsJustOffered_ = true;
    if (memory_.contains("booked")) memory_["moving"] = memory_["booked"]["meeting"];
    notes_["booking"].push_back({{"offered", booking_->texts(slots)}});
    return std::nullopt;
}

std::optional<std::string> TurnWork::bookingReply(const Draft& draft) {
    if (!stage().booking || incoming_.empty()) return std::nullopt;
    if (memory_.contains("pending") && draft.slotAnswer == "yes") return confirmSlot();
    if (const auto picked = slotPicked(draft); picked > 0) return chooseSlot(picked);
    if (memory_.contains("pending") && draft.slotAnswer == "no") return offerSlots();
    return std::nullopt;
}

/// A button says exactly which time is meant, if it is still on offer; words are understood.
int TurnWork::slotPicked(const Draft& draft) const {
    if (!choiceAt_) return draft.slotChoice;
    const auto slots = offeredSlots();
    for (std::size_t i = 0; i < slots.size(); ++i)
        if (slots[i].from == *choiceAt_) return static_cast<int>(i) + 1;
    return draft.slotChoice;
}

std::optional<std::string> TurnWork::chooseSlot(int number) {
    const auto slots = offeredSlots();
    if (number < 1 || static_cast<std::size_t>(number) > slots.size()) return std::nullopt;
    const auto& slot = slots[static_cast<std::size_t>(number) - 1];
    const auto& rules = *stage().booking;
    memory_["pending"] = Booking::toJson({slot})[0];
    if (!memory_.contains("moving")) {
        const auto held = booking_->hold(rules, slot, definition_.about);
        if (!held) {
            notes_["booking"].push_back({{"gone", booking_->text(slot)}});
            return offerSlots();
        }
        memory_["hold"] = held->text();
        notes_["booking"].push_back({{"held", booking_->text(slot)}, {"meeting", held->text()}});
    }
    return definition_.review.confirmBeforeBooking ? bookingText(rules.confirmLines, "confirm")
                                                   : confirmSlot();
}

std::optional<std::string> TurnWork::confirmSlot() {
    const auto slot = Booking::slotsOf(Json::array({memory_["pending"]})).front();
    const auto& here = stage();
    const auto& rules = *here.booking;
    const auto moving = MeetingId::parse(textOf(memory_, "moving"));
    const auto kept =
        moving ? booking_->move(rules, *moving, slot) : booking_->hold(rules, slot, definition_.about);
    if (!kept) {
        notes_["booking"].push_back({{"gone", booking_->text(slot)}});
        return offerSlots();
    }
    if (!moving) parts_.diary.book(out_, opened_, *kept);
    slotText_ = booking_->text(slot);
    const auto text = bookingText(rules.bookedLines, "booked");
    memory_["booked"] = memory_["pending"];
    memory_["booked"]["meeting"] = kept->text();
    memory_["booked"]["stage"] = here.name;
    for (const char* key : {"hold", "pending", "slots", "moving"}) memory_.erase(key);
    notes_["booking"].push_back(
        {{moving ? "moved" : "booked", booking_->text(slot)}, {"meeting", kept->text()}});
    go(rules.after, "booked");
    return text;
}

/// What was said before: made when it is first asked for.
const playbook::SharedList& TurnWork::said() const {
    if (said_) return *said_;
    Json list = Json::array();
    for (const auto& message : opened_.messages)
        if (wasSaid(message) && (answeredFrom_ == 0 || message.number < answeredFrom_))
            list.push_back({{"direction", message.direction},
                            {"text", message.text},
                            {"at", toRfc3339(message.at)},
                            {"stage", message.stage}});
    return said_.emplace(std::move(list));
}

playbook::TalkView TurnWork::view() const {
    playbook::TalkView view;
    view.lead = lead_;
    view.settings = opened_.campaign.settings;
    view.facts = facts_;
    view.stage = stageName_;
    view.channel = channel_;
    view.language = language_;
    view.variant = textOf(memory_, "variant");
    view.messages = said();
    view.now = opened_.now;
    view.zone = zone_;
    view.seed = opened_.seed;
    return view;
}

Briefing TurnWork::briefing() const {
    const auto& here = stage();
    Briefing about;
    about.definition = worded_;
    about.stage = &here;
    about.view = view();
    about.incoming = incoming_;
    about.guidance = guidance_;
    if (const auto own = textOf(opened_.lead.custom, "instructions"); !own.empty())
        about.guidance += (guidance_.empty() ? "" : " ") + std::string("About this lead: ") + own;
    about.nearest = nearest_;
    for (const auto& move : here.moves) {
        const auto* target = definition_.stage(move.to);
        if (move.isFunction || target == nullptr) continue;
        about.moves.push_back({move.to, move.when, target->goal,
                               target->booking ? std::vector<std::string>{} : stageLines(*target)});
    }
    for (const auto& fact : here.collect)
        if (!facts_.contains(fact)) about.missing.push_back(fact);
    about.objectionTries = memory_.value("tries", Json::object());
    about.firstMessage = !weHaveWritten();
    about.spoken = onCall_;
    about.wantsSubject = channel_ == "email" && !memory_.value("threads", Json::object()).contains(channel_);
    if (about.firstMessage && opened_.contacts.contains(channel_))
        about.duties = parts_.gate.duties(contact());
    if (!memory_.contains("booked") || memory_.contains("moving"))
        about.slots = booking_->texts(offeredSlots());
    if (memory_.contains("pending"))
        about.pendingSlot = booking_->text(Booking::slotsOf(Json::array({memory_["pending"]})).front());
    about.slotsJustOffered = slotsJustOffered_;
    if (const auto fact = textOf(memory_, "confirming"); !fact.empty() && !confirmed_) {
        about.confirming = fact;
        about.confirmingValue = memory_["unconfirmed"][fact];
    }
    if (slotsJustOffered_)
        about.lines = {bookingText(here.booking->offerLines, "offer")};
    else if (!about.pendingSlot.empty() && here.booking)
        about.lines = {bookingText(here.booking->confirmLines, "confirm")};
    else if (here.booking && !about.slots.empty())
        about.lines = {bookingText(here.booking->offerLines, "offer")};
    else
        about.lines = stageLines(here);
    if (touch_) {
        const auto* touch = definition_.touch(static_cast<std::size_t>(memory_.value("touch", 0)));
        if (touch != nullptr)
            if (auto own = rendered(touch->lines); !own.empty()) about.lines = std::move(own);
    }
    return about;
}

Draft TurnWork::draftFor(const Briefing& about) {
    if (speaksWhileDrafting(about)) return draftAloud(about);
    auto made = draft(models_, about, journal_);
    if (!made) throw Error(made.problem());
    return std::move(*made);
}

std::optional<std::string> TurnWork::reviewed(Briefing about, Draft proposal) {
    if (trim(proposal.reply).empty()) {
        notes_["reply"] = "nothing to add";
        return std::nullopt;
    }
    for (int revision = 0;; ++revision) {
        if (proposal.told && proposal.told->verdict.empty()) return toldSoFar();
        const auto verdict =
            proposal.told ? verdictOf(*proposal.told) : review(models_, about, proposal, journal_);
        notes_["reviews"].push_back(reviewNote(proposal.reply, verdict));
        const auto reasons = join(verdict.reasons, "; ");
        switch (verdict.verdict) {
            case Review::Verdict::approve: return proposal.reply;
            case Review::Verdict::hold: hold("held by the Overseer: " + reasons); return toldSoFar();
            case Review::Verdict::stop: close("stopped by the Overseer: " + reasons); return toldSoFar();
            case Review::Verdict::revise: break;
        }
        if (revision >= definition_.review.revise) {
            if (definition_.review.otherwise == "stop")
                close("stopped by the Overseer: " + reasons);
            else
                hold("held by the Overseer: " + reasons);
            return toldSoFar();
        }
        about.reviseReasons = verdict.reasons;
        about.previousDraft = proposal.reply;
        proposal = draftFor(about);
    }
}

std::optional<std::string> TurnWork::engineLine(const std::string& text) {
    if (trim(text).empty()) return std::nullopt;
    auto about = briefing();
    about.lines.push_back(text);
    about.slotsJustOffered = false;
    if (!slotText_.empty()) about.pendingSlot = slotText_;
    Draft line;
    line.reply = text;
    const auto verdict = review(models_, about, line, journal_);
    notes_["reviews"].push_back(reviewNote(text, verdict));
    if (verdict.verdict == Review::Verdict::approve) return text;
    hold("held by the Overseer: " + join(verdict.reasons, "; "));
    return std::nullopt;
}

Json TurnWork::composing(const DeliveryId& id, const std::string& text) const {
    const auto& settings = opened_.campaign.settings;
    const auto threads = memory_.find("threads");
    Json asked{{"text", text},
               {"sender_name", textOf(settings, "company")},
               {"language", language_},
               {"delivery_id", id.text()},
               {"from", textOf(settings, channel_ + "_sender")},
               {"to", contact().address},
               {"to_name", std::string(trim(opened_.lead.firstName + " " + opened_.lead.lastName))},
               {"now", toRfc3339(opened_.now)},
               {"postal_address", textOf(settings, "postal_address")}};
    if (parts_.unsubscribeUrl) asked["unsubscribe_url"] = parts_.unsubscribeUrl(opened_.organization, id);
    if (threads != memory_.end() && threads->contains(channel_)) asked["thread"] = (*threads)[channel_];
    return asked;
}

void TurnWork::deliver(const std::string& text, const char* author, Json details, const Json& approved) {
    if (onCall_) return sayAloud(text, author, std::move(details));
    const auto number = std::to_string(opened_.turnNumber) + ":" + std::to_string(out_.deliveries.size() + 1);
    const DeliveryId id(uuid7(opened_.now, "delivery:" + opened_.conversation.id.text() + ":" + number));
    const bool first = !weHaveWritten();
    auto named = Json::array();
    if (first)
        for (const auto& duty : parts_.gate.duties(contact())) named.push_back(duty.duty);
    auto asked = composing(id, text);
    asked["first"] = asked["opt_out"] = first || asksForHelp_;
    asked["duties"] = std::move(named);
    if (!approved.is_null()) asked["template"] = approved;
    if (slotsJustOffered_ && approved.is_null()) asked["choices"] = booking_->choices(offeredSlots());
    const auto composed =
        parts_.instances.channel(channel_)->call("channel.message/1", "compose", asked, milliseconds(2000));
    if (!composed.ok()) throw Error("the \"" + channel_ + "\" channel refused the text: " + composed.message);
    const auto verdict = parts_.gate.decide(contact());
    const auto* permit = std::get_if<compliance::Permit>(&verdict);
    if (permit == nullptr) return;
    const auto binding = BindingId::parse(textOf(opened_.campaign.bindings, channel_));
    const auto finalText = textOf(composed.document, "text", text);
    if (const auto thread = composed.document.find("thread"); thread != composed.document.end())
        memory_["threads"][channel_] = *thread;
    out_.deliveries.push_back({id, channel_, binding.value_or(BindingId{}),
                               textOf(opened_.campaign.settings, channel_ + "_sender"), contact().address,
                               finalText, composed.document.value("parts", Json::array()), opened_.now,
                               *permit, approved.is_null() ? goodUntil_ : std::nullopt});
    details["delivery"] = id.text();
    out_.messages.push_back(
        {"out", author, channel_, finalText, stageName_, opened_.now, std::nullopt, id, std::move(details)});
    notes_["permit"] = permit->id().text();
}

}  // namespace overture::agent
