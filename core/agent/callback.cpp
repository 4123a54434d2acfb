#include <algorithm>

#include "agent/turn_work.hpp"
#include "base/digest.hpp"
#include "base/time.hpp"
#include "compliance/callback.hpp"

namespace overture::agent {
namespace {

constexpr auto kAtOnce = minutes(2);
constexpr auto kFarthest = days(180);
constexpr auto kSpread = minutes(20);

}  // namespace

void TurnWork::readWish() {
    const bool arranging = stage().booking || memory_.contains("slots") || memory_.contains("booked");
    if (incoming_.empty() || arranging || compliance::placesOf(opened_.lead.place()).zones.empty()) return;
    compliance::Listener listener;
    listener.zone = zone_;
    listener.now = opened_.now;
    const auto wish = compliance::readCallback(incoming_, lastOutbound(), listener);
    if (!wish || *wish->from <= opened_.now + kAtOnce) return;
    notes_["callback"] = {{"verdict", nameOf(wish->kind)}, {"why", wish->why}};
    if (wish->kind == compliance::When::Kind::unsure) {
        guidance_ = "The lead asked to be contacted at another time, but which cannot be told: " + wish->why +
                    ". Ask which time they mean.";
        return;
    }
    const auto due = dueFor(*wish);
    if (!due || due->at > opened_.now + kFarthest) return;
    memory_["callback"] = {{"at", toRfc3339(due->at)}, {"why", wish->why}};
    notes_["callback"]["at"] = toRfc3339(due->at);
    const auto then = localTime(zone_, due->at).text();
    if (due->moved) {
        notes_["callback"]["not_then"] = {{"rule", due->moved->rule}, {"holiday", due->moved->holiday}};
        guidance_ =
            std::string(
                "The lead asked to be contacted at a time when nobody may be contacted where they are") +
            (due->moved->holiday ? ": it is a holiday there" : "") + ". The earliest is " + then +
            ", and they will be contacted then. Say so in one short sentence and ask nothing now.";
    } else {
        guidance_ = "The lead asked to be contacted at another time, and will be on " + then +
                    ". Agree in one short sentence and ask nothing now.";
    }
    wished_ = true;
}

/// Within the time that was wished for, not all of them at its first minute, and when the gate lets a touch through.
std::optional<TurnWork::Due> TurnWork::dueFor(const compliance::When& wish) const {
    const auto room = std::min<microseconds>(kSpread, (*wish.to - *wish.from) / 2);
    const auto share = static_cast<std::int64_t>(hash64(opened_.conversation.id.text(), 13) % 1000);
    auto request = contact();
    request.at = std::chrono::floor<seconds>(*wish.from + room * share / 1000);
    for (const char* purpose : {"marketing", "reply"}) {
        request.purpose = purpose;
        const auto verdict = parts_.gate.decide(request);
        if (std::holds_alternative<compliance::Permit>(verdict)) return Due{request.at};
        const auto* later = std::get_if<compliance::NotBefore>(&verdict);
        if (later == nullptr) continue;
        const bool asWished = later->at <= std::max<Instant>(*wish.to, request.at);
        return Due{later->at, asWished ? std::nullopt : std::optional(*later)};
    }
    return std::nullopt;
}

bool TurnWork::keepCallback() {
    if (!memory_.contains("callback")) return false;
    const auto at = parseRfc3339(textOf(memory_["callback"], "at"));
    if (!at || *at <= opened_.now) {
        memory_.erase("callback");
        return false;
    }
    out_.timers.push_back({"timer", *at, {{"callback", textOf(memory_["callback"], "why")}}});
    return true;
}

void TurnWork::beginCallback() {
    memory_.erase("callback");
    purpose_ = "reply";
    guidance_ =
        "The lead asked to be contacted at this time. Take up the conversation where it stood, in one short "
        "message.";
}

}  // namespace overture::agent
