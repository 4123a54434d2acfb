// A whole campaign seen before it runs: everybody's touches by the same pacing and gate, nothing written anywhere.
#pragma once

#include <map>
#include <string>
#include <tuple>
#include <vector>

#include "campaign/campaign.hpp"
#include "campaign/lead_list.hpp"
#include "campaign/pace_rules.hpp"

namespace overture::campaign {

/// One person of a forecast and how they can be reached.
struct Prospect {
    LeadId id;
    std::string zone;  ///< whose clock the load is shown in
    std::vector<compliance::ContactRequest>
        contacts;  ///< one a channel that reaches them; `at` does not matter
};

/// People of a list as an import would make them, the same person once. `from`, and the options' seed, name them as a
/// rehearsal does. Pure.
std::vector<Prospect> prospectsOf(LeadList list, const std::vector<std::string>& channels, Instant from,
                                  std::uint64_t seed);
/// Open conversations of a campaign that wait for their first touch, with what the records say of each person.
std::vector<Prospect> prospectsOf(store::Transaction& tx, const OrganizationId& organization,
                                  const CampaignId& campaign, const std::vector<std::string>& channels,
                                  Instant now);

struct ForecastRequest {
    Instant from;
    int days = 30;
    std::uint64_t seed = 1;
    PaceRules pace{};  ///< without its end, which `days` says
    int threads = 0;   ///< 0: as many as the machine has; the answer does not depend on it
};

struct Forecast {
    Instant from, to;
    int people = 0;                      ///< asked about
    int reached = 0;                     ///< get a touch at least
    int unfinished = 0;                  ///< whose cadence the end cuts off
    std::map<std::string, int> skipped;  ///< never touched: why → people
    std::map<std::string, int> touches;  ///< channel → touches
    std::optional<Instant> firstTouch, lastFirstTouch, lastTouch;
    /// (channel, local date, local hour) → touches, on each person's own clock
    std::map<std::tuple<std::string, std::chrono::sys_days, int>, int> load;
    std::map<Instant, int> hours;  ///< UTC hour → touches: what the senders carry

    int total() const;
    std::pair<Instant, int> busiestHour() const;
    Json toJson() const;
    std::string csv() const;  ///< date,hour,channel,touches; CRLF
};

/// As if nobody answered: the most that will be sent. Channels are those of the prospects' contacts. The same request gives
/// the same bytes. Throws Error for hours that cannot be read.
Forecast forecast(const playbook::Definition& definition, const compliance::Gate& gate,
                  const std::vector<Prospect>& people, const ForecastRequest& request);

}  // namespace overture::campaign
