#include "campaign/pace_rules.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "base/error.hpp"
#include "base/text.hpp"
#include "base/time.hpp"
#include "meeting/meetings.hpp"

namespace overture::campaign {
namespace {

std::optional<double> numberOf(const std::string& text) {
    char* end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    if (text.empty() || *end != '\0' || !std::isfinite(value) || value < 0 || value > 1e9)
        return std::nullopt;
    return value;
}

}  // namespace

std::optional<WarmUp> WarmUp::parse(const std::string& text) {
    WarmUp warmUp;
    const auto dots = text.find("..");
    const auto begin = text.substr(0, dots);
    const auto times = begin.find('x');
    const auto first = numberOf(begin.empty() ? "0" : begin.substr(0, times));
    const auto growth = numberOf(times == std::string::npos ? "1.5" : begin.substr(times + 1));
    const auto most = numberOf(dots == std::string::npos ? "0" : text.substr(dots + 2));
    if (!first || !growth || !most || *growth < 1 || (*first < 1 && *most < 1)) return std::nullopt;
    return WarmUp{static_cast<int>(*first), *growth, static_cast<int>(*most)};
}

std::optional<int> WarmUp::onDay(int number) const {
    if (firstDay <= 0) return most > 0 ? std::optional(most) : std::nullopt;
    const auto grown = firstDay * std::pow(std::max(1.0, growth), number);
    const double limit = most > 0 ? most : 1e9;
    return static_cast<int>(std::min(grown, limit));
}

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
