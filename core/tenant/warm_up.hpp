#pragma once

#include <optional>
#include <string>

namespace overture::tenant {

/// How many people a day a new sender writes to: it begins small and grows.
struct WarmUp {
    int firstDay = 0;     ///< on the first day; 0: no limit
    double growth = 1.5;  ///< each day so many times the day before
    int most = 0;         ///< a day, once warm; 0: no limit
    /// "50", "50x1.5", "50x1.5..2000", "..2000": the first day's, the growth, the most; nothing for another text.
    static std::optional<WarmUp> parse(const std::string& text);
    /// On the n-th day; nothing: no limit.
    std::optional<int> onDay(int number) const;
};

}  // namespace overture::tenant
