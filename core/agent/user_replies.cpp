#include "agent/turn_work.hpp"
#include "base/time.hpp"

namespace overture::agent {

/// What a user writes goes the way of an agent's words, through the gate and out as a delivery; nobody reviews it.
void TurnWork::sendReplies() {
    const auto& state = opened_.conversation.state;
    const auto notSent = [&](const std::string& why) {
        for (const auto& event : replies_)
            out_.messages.push_back({"note",
                                     "user",
                                     channel_,
                                     "Not sent, " + why + ": " + textOf(event.payload, "text"),
                                     stageName_,
                                     opened_.now,
                                     event.id,
                                     std::nullopt,
                                     {{"by", textOf(event.payload, "by")}}});
    };
    if (state != "taken" && state != "held") return notSent("the conversation is " + state);
    if (opened_.campaign.state != "running") return notSent("the campaign is " + opened_.campaign.state);
    recordIncoming();
    channel_ = textOf(replies_.back().payload, "channel", channel_);
    if (!opened_.contacts.contains(channel_) || !opened_.campaign.bindings.contains(channel_))
        return notSent("this campaign has no way to reach the lead by \"" + channel_ + "\"");
    purpose_ = leadHasWritten() ? "reply" : "marketing";
    const auto verdict = askGate();
    if (const auto* later = std::get_if<compliance::NotBefore>(&verdict)) {
        out_.deferUntil = later->at;
        notes_["gate"] = {{"not_before", toRfc3339(later->at)}, {"rule", later->rule}};
    } else if (const auto* no = std::get_if<compliance::Refused>(&verdict); no != nullptr && askAgainAt_) {
        out_.deferUntil = askAgainAt_;
        notes_["gate"] = {{"waits", no->reason}, {"rule", no->rule}};
    } else if (no != nullptr) {
        notes_["gate"] = {{"refused", no->reason}, {"rule", no->rule}};
        notSent(no->rule + ": " + no->reason);
    } else if (const auto window = channelWindow(); textOf(window, "allow") != "free") {
        notes_["window"] = window;
        notSent(channel_ +
                " takes no free text now: " + textOf(window, "why", "the lead has to write first"));
    } else {
        goodUntil_ = parseRfc3339(textOf(window, "until"));
        for (const auto& event : replies_)
            deliver(textOf(event.payload, "text"), "user", {{"by", textOf(event.payload, "by")}});
    }
}

}  // namespace overture::agent
