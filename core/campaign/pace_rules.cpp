#include "campaign/pace_rules.hpp"

#include <algorithm>

#include "base/error.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "meeting/meetings.hpp"

namespace overture::campaign {
bool DayLoad::isFull(const std::string& channel, std::chrono::sys_days date) const {
    const auto most = warmUp_.onDay(std::max(0, static_cast<int>((date - first_).count())));
    const auto found = counts_.find({channel, date});
    return most && found != counts_.end() && found->second >= *most;
}

PaceRules PaceRules::read(const Json& document, const std::string& where) {
    PaceRules rules;
    if (document.is_null()) return rules;
    if (!document.is_object()) throw Error("\"pace\" is an object", where);
    for (const auto& [key, value] : document.items()) {
        const auto text = value.is_string() ? value.get<std::string>() : std::string();
        if (key == "best_hours" && meeting::WeekHours::parse(text)) {
            rules.best = text;
        } else if (const auto patience = parseDuration(text); key == "patience" && patience) {
            rules.patience = *patience;
        } else if (const auto warmUp = WarmUp::parse(text); key == "warm_up" && warmUp) {
            rules.warmUp = *warmUp;
        } else {
            throw Error("\"pace\" cannot take \"" + key + "\": " + toText(value), where,
                        "It takes best_hours (\"Tue-Thu 10:00-11:00\"), patience (\"2d\") and warm_up "
                        "(\"50x1.5..2000\").");
        }
    }
    return rules;
}

}  // namespace overture::campaign
