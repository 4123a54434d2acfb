#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace overture {

/// Integer millionths of a currency's unit. USD 80.00 is {80'000'000, "USD"}.
struct Money {
    std::int64_t micros = 0;
    std::string currency = "USD";

    /// "USD 80.00"; up to six decimals, at least two.
    std::string text() const;
    /// "USD 80", "eur 12.5" or "80" (then of `currency`); nothing for what is no such amount, or below 0.
    static std::optional<Money> parse(std::string_view text, const std::string& currency = "USD");
    bool operator==(const Money&) const = default;
};

}  // namespace overture
