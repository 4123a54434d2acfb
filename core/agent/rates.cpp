#include "agent/rates.hpp"

#include <algorithm>
#include <cmath>

namespace overture::agent {
namespace {

constexpr double kSlowest = 0.1;          // a second
constexpr auto kOneCut = seconds(1);      // what was on its way meanwhile complains about the same
constexpr auto kForgotten = minutes(10);  // without a complaint
constexpr auto kTidy = minutes(1);
constexpr auto kKept = hours(1);  // a line or a place that nobody asks about
constexpr auto kFar = seconds(10);
constexpr double kAlmost = 1e-6;

int perMinute(const Json& document, const char* key) {
    if (!document.is_object() || !document.contains(key) || !document[key].is_number_integer()) return 0;
    return std::max(0, document[key].get<int>());
}

milliseconds inSeconds(double time) {
    return milliseconds(static_cast<std::int64_t>(std::ceil(time * 1000)));
}

}  // namespace

RateLimits RateLimits::fromJson(const Json& document) {
    return {perMinute(document, "number_per_minute"), perMinute(document, "account_per_minute"),
            perMinute(document, "pair_per_minute"), perMinute(document, "organization_per_minute")};
}

std::optional<milliseconds> Rates::wait(const turn::Delivery& delivery, const RateLimits& limits) {
    const std::scoped_lock lock(mutex_);
    const auto now = clock_.now();
    forgetOld(now);
    auto& account = accounts_[delivery.binding];
    if (limits.none() && account.perSecond == 0 && now >= account.pausedUntil && places_.empty()) {
        count(account, now);
        return std::nullopt;
    }
    auto& place = places_.try_emplace(delivery.id, Place{0, 0, now}).first->second;
    const auto stages = stagesOf(delivery, limits, account);
    for (const int last = static_cast<int>(stages.size()) - 1; place.stage <= last;
         ++place.stage, place.number = 0) {
        const auto& stage = stages[static_cast<std::size_t>(place.stage)];
        if (stage.perSecond == 0) continue;
        const auto pause =
            std::chrono::ceil<milliseconds>(place.stage == last ? account.pausedUntil - now : seconds(0));
        if (pause.count() > 0 && place.number == 0) return pause;
        auto& line = lineOf(stage, now);
        if (place.number == 0) place.number = ++line.tail;
        auto wait = inSeconds((place.number - line.position - kAlmost) / stage.perSecond);
        // What is slowed down may become faster again: ask before it is over.
        if (place.stage == last && wait > kFar) wait = std::max<milliseconds>(kFar, wait / 2);
        wait = std::max(wait, milliseconds(0)) + std::max(pause, milliseconds(0));
        if (wait.count() == 0) continue;
        place.at = now + wait;
        return wait;
    }
    places_.erase(delivery.id);
    count(account, now);
    return std::nullopt;
}

std::vector<Rates::Stage> Rates::stagesOf(const turn::Delivery& delivery, const RateLimits& limits,
                                          const Account& account) const {
    const auto binding = delivery.binding.text();
    auto ofAccount = limits.account / 60.0;
    if (account.perSecond > 0 && (limits.account == 0 || account.perSecond < ofAccount))
        ofAccount = account.perSecond;
    return {{"pair " + binding + " " + delivery.sender + " " + delivery.recipient, limits.pair / 60.0,
             static_cast<double>(limits.pair)},
            {"number " + binding + " " + delivery.sender, limits.number / 60.0, 1},
            {"organization " + delivery.organization.text(), limits.organization / 60.0, 1},
            {"account " + binding, ofAccount, 1}};
}

Rates::Line& Rates::lineOf(const Stage& stage, Instant now) {
    auto& line = lines_.try_emplace(stage.key, Line{stage.atOnce, 0, now}).first->second;
    if (now <= line.at) return line;
    const auto passed = std::chrono::duration<double>(now - line.at).count();
    line.position = std::min(line.position + passed * stage.perSecond, line.tail + stage.atOnce);
    line.at = now;
    return line;
}

void Rates::count(Account& account, Instant now) {
    const auto second = std::chrono::floor<seconds>(now);
    if (second != account.second) {
        account.lastSecond = second - account.second == seconds(1) ? account.thisSecond : 0;
        account.thisSecond = 0;
        account.second = second;
    }
    ++account.thisSecond;
}

void Rates::accepted(const BindingId& binding) {
    const std::scoped_lock lock(mutex_);
    auto& account = accounts_[binding];
    if (account.perSecond == 0) return;
    account.perSecond += account.step / account.perSecond;
    if (clock_.now() - account.cutAt < kForgotten) return;
    account.perSecond = 0;
    auto& line = lines_["account " + binding.text()];
    line.position = line.tail;  // whoever stands in it may go
}

void Rates::limited(const BindingId& binding, std::optional<milliseconds> retryAfter) {
    const std::scoped_lock lock(mutex_);
    const auto now = clock_.now();
    auto& account = accounts_[binding];
    account.pausedUntil = std::max<Instant>(account.pausedUntil, now + retryAfter.value_or(seconds(1)));
    if (account.perSecond > 0 && now - account.cutAt < kOneCut) return;
    const auto was = account.perSecond > 0 ? account.perSecond
                                           : double(std::max({account.thisSecond, account.lastSecond, 1}));
    account.perSecond = std::max(kSlowest, was / 2);
    account.step = was / 10;
    account.cutAt = now;
    auto& line = lines_.try_emplace("account " + binding.text(), Line{1, 0, now}).first->second;
    line.at = std::max(line.at, account.pausedUntil);
}

double Rates::slowedTo(const BindingId& account) const {
    const std::scoped_lock lock(mutex_);
    const auto found = accounts_.find(account);
    return found == accounts_.end() ? 0 : found->second.perSecond;
}

void Rates::forgetOld(Instant now) {
    if (now - tidiedAt_ < kTidy) return;
    tidiedAt_ = now;
    std::erase_if(lines_, [&](const auto& line) { return line.second.at < now - kKept; });
    std::erase_if(places_, [&](const auto& place) { return place.second.at < now - kKept; });
}

}  // namespace overture::agent
