#include "agent/sender.hpp"

#include <algorithm>

#include "base/time.hpp"

namespace overture::agent {
namespace {

constexpr const char* kCarrier = "carrier.message/1";
constexpr const char* kCalls = "carrier.call/1";
constexpr const char* kVoice = "voice";
constexpr auto kAskAgain = milliseconds(30000);
constexpr auto kBusyPause = milliseconds(250), kLongestBusyPause = milliseconds(30000);
constexpr auto kPauseForEach = milliseconds(10);

turn::SendResult resultOf(const plugin::Reply& reply) {
    using Kind = turn::SendResult::Kind;
    const auto note = reply.code.empty() ? reply.message : reply.code + " " + reply.message;
    switch (reply.outcome) {
        case plugin::Outcome::ok:
            return {Kind::sent,
                    textOf(reply.document, "reference"),
                    textOf(reply.document, "status", "sent"),
                    "",
                    {}};
        case plugin::Outcome::limited:
        case plugin::Outcome::transient: return {Kind::retry, "", "", note, reply.retryAfter};
        case plugin::Outcome::auth: return {Kind::auth, "", "", note, {}};
        case plugin::Outcome::invalid:
        case plugin::Outcome::unsupported:
        case plugin::Outcome::rejected: return {Kind::rejected, "", "", note, {}};
        case plugin::Outcome::unknown:
        case plugin::Outcome::cancelled:
        case plugin::Outcome::internal: break;
    }
    return {Kind::unknown, textOf(reply.document, "reference"), "", note, {}};
}

/// What the channel wants to be shown besides the text.
Json mediaOf(const Json& parts) {
    auto all = Json::array();
    for (const auto& part : parts.is_array() ? parts : Json::array())
        if (part.is_object() && part.contains("media"))
            for (const auto& one : part["media"]) all.push_back(one);
    return all;
}

/// A carrier that is only away for a while may be asked again.
std::optional<milliseconds> askAgainAfter(const plugin::Reply& reply) {
    const bool passing = reply.outcome == plugin::Outcome::transient ||
                         reply.outcome == plugin::Outcome::limited ||
                         reply.outcome == plugin::Outcome::unknown;
    if (!passing) return std::nullopt;
    return std::max<milliseconds>(kAskAgain, reply.retryAfter.value_or(milliseconds(0)));
}

}  // namespace

compliance::ContactRequest CarrierSender::contact(const turn::Delivery& delivery, Instant now) {
    compliance::ContactRequest request;
    request.channel = delivery.channel;
    request.address = delivery.recipient;
    request.purpose = delivery.purpose;
    request.at = now;
    request.place = delivery.lead.place();
    return request;
}

turn::SendResult CarrierSender::send(const compliance::Permit& permit, const turn::Delivery& delivery) {
    if (permit.request().address != delivery.recipient || permit.request().channel != delivery.channel)
        return {turn::SendResult::Kind::rejected, "", "", "the permit is for another contact", {}};
    using Kind = turn::SendResult::Kind;
    const auto carrier = instances_.of(delivery.organization, delivery.binding);
    if (carrier->busy()) return comesAgain(delivery);
    Breaker::Pass pass;
    auto* breaker = restraint_.breakers == nullptr ? nullptr : &restraint_.breakers->of(delivery.binding);
    if (breaker != nullptr && !(pass = breaker->enter()))
        return {Kind::retry,     "",  "", "the carrier is paused after failing again and again",
                breaker->left(), true};
    if (const auto later = waits(delivery)) return *later;
    const bool calls = delivery.channel == kVoice;
    const auto request = calls ? callFor(delivery) : messageFor(delivery);
    if (!request) return {Kind::unknown, delivery.reference, "", "its call was placed before", {}};
    const auto reply = calls ? carrier->call(kCalls, "start", *request, deadline_)
                             : carrier->call(kCarrier, "send", *request, deadline_);
    if (reply.notCalled) return comesAgain(delivery);
    isAtWork(delivery);
    heed(delivery, reply, pass);
    const auto result = resultOf(reply);
    if (calls) restraint_.calls->placed(delivery, result);
    return result;
}

std::optional<Json> CarrierSender::callFor(const turn::Delivery& delivery) const {
    if (restraint_.calls == nullptr)
        throw Error("this program places no calls", "voice", "`overture serve` does.");
    return restraint_.calls->place(delivery);
}

std::optional<Json> CarrierSender::messageFor(const turn::Delivery& delivery) {
    return Json{{"delivery_id", delivery.id.text()},
                {"channel", delivery.channel},
                {"from", delivery.sender},
                {"to", delivery.recipient},
                {"text", delivery.text},
                {"parts", delivery.parts},
                {"media", mediaOf(delivery.parts)},
                {"idempotency_key", delivery.id.text()}};
}

/// Whoever stood in line here would keep messages to other carriers from going. The more are put back, the less often each of them
/// comes.
turn::SendResult CarrierSender::comesAgain(const turn::Delivery& delivery) {
    const std::scoped_lock lock(mutex_);
    auto& waiting = putBack_[delivery.binding];
    waiting.insert(delivery.id);
    const auto pause = kBusyPause + kPauseForEach * (waiting.size() - 1);
    if (pause > kLongestBusyPause)
        waiting.clear();  // some of them will never come: cancelled, or taken by another engine
    return {turn::SendResult::Kind::retry,
            "",
            "",
            "waits until another call of this binding has ended: no more may run at once",
            std::min<milliseconds>(pause, kLongestBusyPause),
            true};
}

void CarrierSender::isAtWork(const turn::Delivery& delivery) {
    const std::scoped_lock lock(mutex_);
    const auto waiting = putBack_.find(delivery.binding);
    if (waiting == putBack_.end()) return;
    waiting->second.erase(delivery.id);
    if (waiting->second.empty()) putBack_.erase(waiting);
}

std::optional<turn::SendResult> CarrierSender::waits(const turn::Delivery& delivery) {
    using Kind = turn::SendResult::Kind;
    const auto policy = restraint_.policies == nullptr ? std::make_shared<const tenant::Policy>()
                                                       : restraint_.policies->of(delivery.organization);
    if (restraint_.reach != nullptr)
        if (const auto wait = restraint_.reach->wait(delivery, policy->people))
            return turn::SendResult{Kind::retry, "",
                                    "",          "waits for tomorrow: no more people are written to in a day",
                                    *wait,       true};
    if (restraint_.rates != nullptr)
        if (const auto wait = restraint_.rates->wait(delivery, RateLimits::fromJson(policy->rates)))
            return turn::SendResult{Kind::retry, "",  "", "waits for its turn: no more go out in a minute",
                                    *wait,       true};
    return std::nullopt;
}

/// A carrier that finds us too fast works: it is slowed down for, not left alone.
void CarrierSender::heed(const turn::Delivery& delivery, const plugin::Reply& reply, Breaker::Pass& pass) {
    const bool tooFast = reply.outcome == plugin::Outcome::limited;
    if (tooFast)
        pass.succeeded();
    else
        pass.report(reply);
    if (restraint_.rates == nullptr) return;
    if (tooFast)
        restraint_.rates->limited(delivery.binding, reply.retryAfter);
    else if (reply.ok())
        restraint_.rates->accepted(delivery.binding);
}

turn::LookupResult CarrierSender::lookup(const turn::Delivery& delivery) {
    using Kind = turn::LookupResult::Kind;
    const Json request{{"delivery_id", delivery.id.text()},
                       {"channel", delivery.channel},
                       {"reference", delivery.reference},
                       {"from", delivery.sender},
                       {"to", delivery.recipient},
                       {"text", delivery.text},
                       {"sent_after", toRfc3339(delivery.createdAt)}};
    const auto reply =
        instances_.of(delivery.organization, delivery.binding)
            ->call(delivery.channel == kVoice ? kCalls : kCarrier, "lookup", request, deadline_);
    if (!reply.ok()) return {Kind::cannotTell, "", "", askAgainAfter(reply)};
    if (reply.document.value("found", false))
        return {Kind::found, textOf(reply.document, "reference"), textOf(reply.document, "status")};
    if (reply.document.value("trusted", false)) return {Kind::absent, "", ""};
    const auto wait = reply.document.find("ask_again_ms");
    if (wait == reply.document.end() || !wait->is_number_integer()) return {Kind::cannotTell, "", ""};
    return {Kind::cannotTell, "", "", milliseconds(wait->get<std::int64_t>())};
}

}  // namespace overture::agent
