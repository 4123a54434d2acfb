#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace overture {

/// Integer millionths of a currency's unit. USD 80.00 is {80'000'000, "USD"}.
struct Money {
    std::int64_t micros = 0;
    std::string currency = "USD";

    /// "USD 80.00"; up to six decimals, at least two.
    std::string text() const;
    bool operator==(const Money&) const = default;
};

}  // namespace overture
