#include "base/money.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cstdio>
#include <cstdlib>

#include "base/text.hpp"

namespace overture {

std::string Money::text() const {
    const auto absolute = std::llabs(micros);
    char out[64];
    std::snprintf(out, sizeof out, "%s%lld.%06lld", micros < 0 ? "-" : "", absolute / 1000000,
                  absolute % 1000000);
    std::string text = out;
    while (text.ends_with('0') && text[text.size() - 3] != '.') text.pop_back();
    return currency + " " + text;
}

std::optional<Money> Money::parse(std::string_view text, const std::string& currency) {
    Money money{0, currency};
    text = trim(text);
    if (const auto blank = text.find(' '); blank != std::string_view::npos) {
        money.currency.clear();
        for (const char c : text.substr(0, blank)) {
            if (std::isalpha(static_cast<unsigned char>(c)) == 0) return std::nullopt;
            money.currency += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        }
        if (money.currency.size() != 3) return std::nullopt;
        text = trim(text.substr(blank));
    }
    const auto point = std::min(text.find('.'), text.size());
    const auto whole = text.substr(0, point), part = text.substr(std::min(point + 1, text.size()));
    if (whole.empty() || whole.size() > 12 || part.size() > 6 || text.ends_with('.')) return std::nullopt;
    auto digits = std::string(whole) + std::string(part) + std::string(6 - part.size(), '0');
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), money.micros);
    if (error != std::errc() || end != digits.data() + digits.size() || money.micros < 0) return std::nullopt;
    return money;
}

}  // namespace overture
