#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>

#include "base/clock.hpp"
#include "turn/types.hpp"

namespace overture::agent {

/// How many people a carrier binding may write to first within any 24 hours: the least of what its carrier allows (WhatsApp's
/// tiers) and of how far it is warmed up. Nothing: no limit.
std::optional<int> peopleADay(const Json& limits, Instant now);

/// Holds bindings to their people a day. A person who was written to within the day may be written to again, and so may whoever
/// writes to us: only what would be one more waits. Knows what all processes sent until some minutes ago, and what this one
/// does. Any thread.
class Reach {
public:
    Reach(store::Database& database, const Clock& clock) : database_(database), clock_(clock) {}

    /// How long this delivery must wait until it is asked about again; nothing: it goes now and is counted. `people` is
    /// tenant::Policy's.
    std::optional<milliseconds> wait(const turn::Delivery& delivery, const Json& people);

private:
    struct Account {
        std::optional<Instant> readAt;
        std::map<std::string, Instant> last;
        std::set<std::pair<Instant, std::string>> byTime;
        int waiting = 0;  ///< told to come back since somebody went
        void note(const std::string& recipient, Instant at);
        void forgetBefore(Instant at);
    };
    void read(Account& account, const turn::Delivery& delivery, Instant now);

    store::Database& database_;
    const Clock& clock_;
    std::mutex mutex_;
    std::map<BindingId, Account> accounts_;
};

}  // namespace overture::agent
