// What a call costs. A plugin carries its vendor's prices as data (prices.json); a binding's settings go before them.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "common/values.hpp"

namespace overture::models {

/// What an answer took; no token is in two of them.
struct Tokens {
    std::int64_t input = 0;        ///< read at the full price
    std::int64_t cached = 0;       ///< read from a cache
    std::int64_t written = 0;      ///< put into a cache, for minutes
    std::int64_t writtenLong = 0;  ///< put into a cache, for an hour
    std::int64_t output = 0;

    std::int64_t allInput() const { return input + cached + written + writtenLong; }
};

/// USD per million tokens, which is micro-USD per token.
struct Price {
    double input = 0, output = 0, cached = 0, written = 0, writtenLong = 0;
};

class Prices {
public:
    /// `table` is a prices.json: {"models": {name: {input, output, cached?, written?, written_long?, above?: {tokens, …}}}}. What
    /// is absent costs as much as input; `above` has the prices of a call with more input than so many tokens. `settings`
    /// may have "prices", {name: …} in the same form.
    static Prices read(std::string_view table, const Json& settings);

    /// Micro-USD, rounded up to a whole one; nothing for a model that stands in no table. "x-2025-04-14", "x-001", "x-latest"
    /// and "vendor/x" have the price of "x".
    std::optional<std::int64_t> costOf(const std::string& model, const Tokens& tokens) const;

private:
    struct Row {
        Price price;
        std::optional<std::int64_t> above;
        Price priceAbove;
    };
    static Row rowOf(const Json& given);
    static Price priceOf(const Json& given);
    const Price* find(const std::string& model, std::int64_t input) const;

    std::map<std::string, Row, std::less<>> rows_;
};

/// Rounded up to a whole one.
std::int64_t wholeMicros(double micros);

/// {input_tokens, output_tokens, cost_micros, currency, unpriced?}; unpriced without a cost, and when the vendor told no tokens.
Json usageOf(const Tokens& tokens, const std::optional<std::int64_t>& costMicros);

/// The answer of `estimate`.
sdk::Answer estimateOf(const std::string& model, const std::optional<std::int64_t>& costMicros);

}  // namespace overture::models
