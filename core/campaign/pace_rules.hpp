// What a campaign says of its pace: the hours it prefers, how its senders are warmed up, when it ends.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/json.hpp"
#include "tenant/warm_up.hpp"

namespace overture::campaign {

using tenant::WarmUp;

/// Touches of each channel by day, and which days have all they may have. One thread.
class DayLoad {
public:
    /// `first`: the campaign's first day.
    DayLoad(const WarmUp& warmUp, std::chrono::sys_days first) : warmUp_(warmUp), first_(first) {}

    bool limited() const { return warmUp_.firstDay > 0 || warmUp_.most > 0; }
    bool isFull(const std::string& channel, std::chrono::sys_days date) const;
    void add(const std::string& channel, std::chrono::sys_days date) { ++counts_[{channel, date}]; }

private:
    WarmUp warmUp_;
    std::chrono::sys_days first_;
    std::map<std::pair<std::string, std::chrono::sys_days>, int> counts_;
};

struct PaceRules {
    std::optional<Instant> end{};  ///< no touch then or later
    std::string best{};            ///< as PaceRequest
    seconds patience = std::chrono::days(2);
    WarmUp warmUp{};

    /// {"best_hours": "Tue-Thu 10:00-11:00", "patience": "2d", "warm_up": "50x1.5..2000"}; each may be left out. Throws Error
    /// at `where` for what cannot be read.
    static PaceRules read(const Json& document, const std::string& where);
};

}  // namespace overture::campaign
