#include "tenant/warm_up.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>

namespace overture::tenant {
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

}  // namespace overture::tenant
