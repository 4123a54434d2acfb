#include <algorithm>

#include "agent/turn_work.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "playbook/placeholders.hpp"

namespace overture::agent {

Json TurnWork::channelWindow() const {
    Json asked{{"to", contact().address}, {"purpose", purpose_}, {"now", toRfc3339(opened_.now)}};
    std::optional<Instant> heard;
    const auto note = [&](const std::string& channel, Instant at) {
        if (channel == channel_ && (!heard || *heard < at)) heard = at;
    };
    for (const auto& message : opened_.messages)
        if (message.direction == "in") note(message.channel, message.at);
    for (const auto& event : messages_)
        note(textOf(event.payload, "channel", opened_.conversation.channel), event.receivedAt);
    if (heard) asked["last_inbound_at"] = toRfc3339(*heard);
    const auto reply =
        parts_.instances.channel(channel_)->call("channel.message/1", "window", asked, milliseconds(2000));
    if (reply.outcome == plugin::Outcome::unsupported) return {{"allow", "free"}};
    if (!reply.ok())
        throw Error("the \"" + channel_ + "\" channel does not say what it takes: " + reply.message);
    return reply.document;
}

bool TurnWork::mayWriteFreely() {
    if (onCall_) return true;
    const auto window = channelWindow();
    const auto allow = textOf(window, "allow");
    if (allow == "free") {
        goodUntil_ = parseRfc3339(textOf(window, "until"));
        return true;
    }
    notes_["window"] = window;
    if (allow == "template")
        speakByTemplate();
    else
        cannotSpeak(textOf(window, "why", "nothing may be sent by " + channel_ + " now"));
    return false;
}

void TurnWork::speakByTemplate() {
    const bool remind = timer_ && timer_->payload.contains("remind");
    if (remind && !memory_.contains("booked")) return;
    const auto* touch =
        touch_ ? definition_.touch(static_cast<std::size_t>(memory_.value("touch", 0))) : nullptr;
    const auto* from = remind ? definition_.stage(textOf(memory_["booked"], "stage")) : &stage();
    auto name = from == nullptr ? std::string() : from->templateName;
    if (touch != nullptr && !touch->templateName.empty()) name = touch->templateName;
    const auto* given = definition_.templateNamed(name);
    if (given == nullptr)
        return cannotSpeak(channel_ + " takes only an approved template now, and the stage \"" +
                           (from == nullptr ? stageName_ : from->name) + "\" names none");
    if (remind) {
        memory_["pending"] = memory_["booked"];
        slotText_ = booking_->text(Booking::slotsOf(Json::array({memory_["booked"]})).front());
    }
    const auto filled = approved(*given);
    if (remind) memory_.erase("pending");
    if (!filled)
        return cannotSpeak("the template \"" + name + "\" has a variable that is not known of this lead");
    if (const auto line = engineLine(filled->text))
        deliver(*line, "agent", {{"template", given->name}}, filled->named);
    if (silenced()) return;
    reachCheckpoints();
    setTimers();
}

std::optional<TurnWork::Approved> TurnWork::approved(const playbook::Template& given) {
    const auto found = playbook::inLanguage(given.text, language_, definition_);
    if (found == given.text.end()) return std::nullopt;
    const auto& [language, wording] = *found;
    const auto with = scopeOfLines();
    auto text = playbook::render(wording, with);
    if (!text) return std::nullopt;
    auto variables = Json::array();
    for (const auto& placeholder : playbook::placeholdersOf(wording))
        variables.push_back(*playbook::render("{" + placeholder.path + "}", with));
    const auto code = given.approvedIn.find(language);
    return Approved{std::move(*text),
                    {{"name", given.approvedAs},
                     {"language", code == given.approvedIn.end() ? language : code->second},
                     {"variables", std::move(variables)}}};
}

/// A touch goes on by the next one; anything else is for a person to see to.
void TurnWork::cannotSpeak(const std::string& why) {
    notes_["gate"] = why;
    if (touch_)
        settleTouch();
    else
        hold(why);
}

}  // namespace overture::agent
