#include "agent/reach.hpp"

#include <algorithm>

#include "base/log.hpp"
#include "base/time.hpp"
#include "queries/agent.hpp"
#include "tenant/warm_up.hpp"

namespace overture::agent {
namespace {

constexpr auto kDay = hours(24);
constexpr auto kReadAgain = minutes(5);
constexpr auto kWithoutDatabase = minutes(1);
constexpr std::ptrdiff_t kMostInLine = 1000;

bool isByTemplate(const Json& parts) {
    return parts.is_array() && std::any_of(parts.begin(), parts.end(), [](const Json& part) {
               return part.is_object() && part.contains("template");
           });
}

}  // namespace

std::optional<int> peopleADay(const Json& limits, Instant now) {
    std::optional<int> most;
    if (const auto carrier = limits.value("carrier", Json()); carrier.is_number_integer() && carrier > 0)
        most = static_cast<int>(std::min<std::int64_t>(carrier.get<std::int64_t>(), 1'000'000'000));
    if (const auto warmUp = tenant::WarmUp::parse(textOf(limits, "warm_up"))) {
        const auto since = parseRfc3339(textOf(limits, "since")).value_or(now);
        const auto day = std::max<std::int64_t>(0, std::chrono::floor<days>(now - since).count());
        const auto own = warmUp->onDay(static_cast<int>(std::min<std::int64_t>(day, 10'000)));
        if (own) most = std::min(most.value_or(*own), *own);
    }
    return most;
}

void Reach::Account::note(const std::string& recipient, Instant at) {
    const auto [place, added] = last.emplace(recipient, at);
    if (!added) {
        if (place->second >= at) return;
        byTime.erase({place->second, recipient});
        place->second = at;
    }
    byTime.emplace(at, recipient);
}

void Reach::Account::forgetBefore(Instant at) {
    while (!byTime.empty() && byTime.begin()->first <= at) {
        last.erase(byTime.begin()->second);
        byTime.erase(byTime.begin());
    }
}

void Reach::read(Account& account, const turn::Delivery& delivery, Instant now) {
    auto tx = database_.begin(delivery.organization);
    for (const auto row :
         tx.run(sql::agent::people_reached, {delivery.organization, delivery.binding, now - kDay}))
        account.note(row.text("recipient"), row.instant("last"));
    tx.commit();
    account.readAt = now;
    account.waiting = 0;
}

std::optional<milliseconds> Reach::wait(const turn::Delivery& delivery, const Json& people) {
    const auto limits = people.is_object() ? people.value(delivery.binding.text(), Json()) : Json();
    const auto now = clock_.now();
    const auto most = limits.is_object() ? peopleADay(limits, now) : std::nullopt;
    const bool first = delivery.purpose == "marketing";
    if (!most || (!first && !isByTemplate(delivery.parts))) return std::nullopt;
    const std::scoped_lock lock(mutex_);
    auto& account = accounts_[delivery.binding];
    try {
        if (!account.readAt || now - *account.readAt > kReadAgain) read(account, delivery, now);
    } catch (const store::DatabaseError& error) {
        log::warning("people_not_counted", {{"binding", delivery.binding.text()}, {"error", error.what()}});
        return kWithoutDatabase;
    }
    account.forgetBefore(now - kDay);
    const bool room = static_cast<int>(account.last.size()) < *most;
    if (!first || room || account.last.contains(delivery.recipient)) {
        account.note(delivery.recipient, now);
        account.waiting = 0;
        return std::nullopt;
    }
    // One place becomes free after the other: who waits comes back to one of his own.
    const auto place = std::min<std::ptrdiff_t>(
        {account.waiting++, static_cast<std::ptrdiff_t>(account.byTime.size()) - 1, kMostInLine});
    const auto free = std::next(account.byTime.begin(), place)->first + kDay;
    return std::max<milliseconds>(seconds(1), std::chrono::ceil<milliseconds>(free - now));
}

}  // namespace overture::agent
