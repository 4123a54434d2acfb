#include "tenant/guesses.hpp"

#include <algorithm>
#include <map>

#include "base/digest.hpp"
#include "base/text.hpp"
#include "queries/tenant.hpp"

namespace overture::tenant {
namespace {

constexpr std::size_t kGroupsOfANetwork = 4;

/// The eight groups of an IPv6 address as text, "::" filled in.
std::vector<std::string> groupsOf(const std::string& address) {
    const auto gap = address.find("::");
    if (gap == std::string::npos) return split(address, ':');
    auto groups = gap == 0 ? std::vector<std::string>() : split(address.substr(0, gap), ':');
    const auto tail = address.substr(gap + 2);
    const auto after = tail.empty() ? std::vector<std::string>() : split(tail, ':');
    while (groups.size() + after.size() < 8) groups.emplace_back("0");
    groups.insert(groups.end(), after.begin(), after.end());
    return groups;
}

std::string networkName(const std::string& network) {
    return "network " + network;
}
/// By its hash: who guesses at which address is nobody's business.
std::string accountName(const std::string& account) {
    return "account " + toHex(sha256(account));
}
std::string pairName(const std::string& account, const std::string& network) {
    return accountName(account) + " " + network;
}

using Counts = std::map<std::string, std::pair<int, Instant>>;

Counts counted(store::Database& database, const std::vector<std::string>& names, const Throttle& throttle,
               Instant now) {
    auto tx = database.beginShared();
    const auto rows =
        tx.finish({{sql::tenant::count_guesses,
                    {store::Param::array(names), now, std::to_string(throttle.window.count()) + " seconds"}}})
            .front();
    Counts counts;
    for (const auto row : rows)
        counts[row.text("name")] = {static_cast<int>(row.integer("count")), row.instant("ends_at")};
    return counts;
}

std::optional<seconds> later(const std::optional<seconds>& one, const std::pair<int, Instant>& count,
                             int most, Instant now) {
    if (count.first <= most) return one;
    const auto wait = std::chrono::ceil<seconds>(count.second - now);
    return one ? std::max(*one, wait) : wait;
}

}  // namespace

std::string networkOf(const std::string& address) {
    constexpr std::string_view kMapped = "::ffff:";
    if (address.starts_with(kMapped) && address.find('.') != std::string::npos)
        return address.substr(kMapped.size());
    if (address.find(':') == std::string::npos) return address;
    auto groups = groupsOf(address.substr(0, address.find('%')));
    groups.resize(kGroupsOfANetwork, "0");
    return join(groups, ":") + "::";
}

std::optional<seconds> Guesses::count(const std::string& account, const std::string& network, bool known,
                                      Instant now) {
    const auto pair = pairName(account, network), of = accountName(account), from = networkName(network);
    const auto counts = counted(database_, {pair, of, from}, throttle_, now);
    std::optional<seconds> wait;
    wait = later(wait, counts.at(pair), throttle_.perPair, now);
    wait = later(wait, counts.at(from), throttle_.perNetwork, now);
    if (!known) wait = later(wait, counts.at(of), throttle_.perAccount, now);
    return wait;
}

std::optional<seconds> Guesses::count(const std::string& network, Instant now) {
    const auto from = networkName(network);
    return later(std::nullopt, counted(database_, {from}, throttle_, now).at(from), throttle_.perNetwork,
                 now);
}

void Guesses::uncount(const std::string& account, const std::string& network) {
    auto tx = database_.beginShared();
    tx.finish({{sql::tenant::uncount_guesses,
                {store::Param::array(std::vector<std::string>{
                    pairName(account, network), accountName(account), networkName(network)})}}});
}

void Guesses::uncount(const std::string& network) {
    auto tx = database_.beginShared();
    tx.finish({{sql::tenant::uncount_guesses,
                {store::Param::array(std::vector<std::string>{networkName(network)})}}});
}

}  // namespace overture::tenant
