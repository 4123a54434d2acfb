#include <algorithm>

#include "agent/turn_work.hpp"
#include "base/log.hpp"
#include "base/time.hpp"
#include "compliance/retries.hpp"

namespace overture::agent {
namespace {

constexpr const char* kByTelephone = "voice";
constexpr auto kFollow = milliseconds(2000);

}  // namespace

/// The playbook first; of what it does not name the channel knows; where the channel does not say, the waits of other touches.
playbook::Calls::Next TurnWork::nextAfterCall(const std::string& outcome, int tries) {
    const auto& rules = definition_.calls.outcomes;
    auto rule = rules.find(outcome);
    if (rule == rules.end() && outcome == "message_left") rule = rules.find("machine");
    if (rule == rules.end() && outcome == "cancelled") rule = rules.find("failed");
    auto& note = notes_["call_outcome"] = {{"outcome", outcome}, {"tries", tries}};
    playbook::Calls::Next next;
    if (rule != rules.end()) {
        next = rule->second;
        if (next.what == "again" && tries >= next.tries) {
            next.what = next.otherwise;
            next.after = seconds(0);
        }
        note["by"] = "the playbook";
    } else if (const auto reply =
                   parts_.instances.channel(kByTelephone)
                       ->call("channel.call/1", "follow", {{"outcome", outcome}, {"tries", tries}}, kFollow);
               reply.ok()) {
        next.what = textOf(reply.document, "then");
        next.after =
            seconds(std::max<std::int64_t>(0, reply.document.value("after_seconds", std::int64_t{0})));
        note["by"] = "the channel";
        note["why"] = textOf(reply.document, "why");
    } else {
        if (reply.outcome != plugin::Outcome::unsupported)
            log::warning("call_outcome_not_followed", {{"outcome", outcome}, {"problem", reply.message}});
        const auto kind = compliance::unreachedOf(outcome).value_or(compliance::Unreached::undelivered);
        const auto wait = compliance::retryAfter(kind, tries);
        next.what = wait ? "again" : "text";
        next.after = wait.value_or(seconds(0));
    }
    note["next"] = next.what;
    if (next.after > seconds(0)) note["after"] = toDurationText(next.after);
    return next;
}

/// A call that somebody was promised (they have written before) is followed like a touch; what was said after it makes it history.
void TurnWork::callNotReached(const turn::Message& call, const std::string& outcome) {
    const bool later = std::any_of(
        opened_.messages.begin(), opened_.messages.end(),
        [&](const turn::Message& one) { return one.number > call.number && one.direction != "note"; });
    const auto* touch =
        leadHasWritten() ? nullptr : definition_.touch(static_cast<std::size_t>(memory_.value("touch", 0)));
    if (later || (!leadHasWritten() && (touch == nullptr || touch->channel != kByTelephone))) return;
    const char* counter = touch == nullptr ? "tries_of_call" : "tries_of_touch";
    const int tries = memory_.value(counter, 0) + 1;
    memory_[counter] = tries;
    const auto next = nextAfterCall(outcome, tries);
    if (next.what == "nothing") return;
    if (next.what != "again") memory_.erase(counter);
    out_.cancelTimers = true;
    if (next.what == "again") return callAgain(touch, next.after);
    if (next.what == "text") return textInstead(touch, next.after);
    if (next.what == "close") return close("the call: " + outcome);
    hold("the call: " + outcome);
}

void TurnWork::callAgain(const playbook::Touch* touch, seconds after) {
    if (touch == nullptr) {
        channel_ = kByTelephone;
        out_.timers.push_back({"timer", opened_.now + after, {{"callback", "nobody was reached"}}});
    } else if (const auto at = parts_.pace(opened_, *touch, opened_.now + after)) {
        out_.timers.push_back({"touch", *at, {{"touch", memory_.value("touch", 0)}}});
    } else {
        settleTouch();
    }
}

/// The next touch that is no call, now; whoever has written before is written to by a channel of the playbook that is none.
void TurnWork::textInstead(const playbook::Touch* touch, seconds after) {
    const auto usable = [&](const std::string& channel) {
        return channel != kByTelephone && opened_.contacts.contains(channel) &&
               opened_.campaign.bindings.contains(channel) &&
               !memory_.value("dead", Json::object()).contains(channel);
    };
    if (touch == nullptr) {
        const auto& all = definition_.channels;
        const auto found = std::find_if(all.begin(), all.end(), usable);
        if (found == all.end()) return hold("nobody was reached by telephone, and there is no other way");
        channel_ = *found;
        out_.timers.push_back(
            {"timer", opened_.now + after, {{"callback", "nobody was reached by telephone"}}});
        return;
    }
    auto number = static_cast<std::size_t>(memory_.value("touch", 0)) + 1;
    const auto* text = definition_.touch(number);
    while (text != nullptr && !usable(text->channel)) text = definition_.touch(++number);
    const auto at = text == nullptr ? std::nullopt : parts_.pace(opened_, *text, opened_.now + after);
    if (at)
        out_.timers.push_back({"touch", *at, {{"touch", number}}});
    else
        settleTouch();
}

}  // namespace overture::agent
