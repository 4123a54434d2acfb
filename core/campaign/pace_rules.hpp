// What a campaign says of its pace: the hours it prefers, how its senders are warmed up, when it ends.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/json.hpp"

namespace overture::campaign {

/// How many touches a channel's sender makes a day: a new one begins small and grows.
struct WarmUp {
    int firstDay = 0;     ///< touches on the first day; 0: no limit
    double growth = 1.5;  ///< each day so many times the day before
    int most = 0;         ///< a day, once warm; 0: no limit
    /// "50", "50x1.5", "50x1.5..2000", "..2000": the first day's, the growth, the most; nothing for another text.
    static std::optional<WarmUp> parse(const std::string& text);
    /// On the n-th day; nothing: no limit.
    std::optional<int> onDay(int number) const;
};

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
