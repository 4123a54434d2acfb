#pragma once

#include <cstdint>
#include <string>

#include "common/outcomes.hpp"
#include "common/prices.hpp"

namespace overture::anthropic {

using models::Json;
using models::textOf;

struct Settings {
    std::string baseUrl, model;
    std::string promptCache;  ///< "off", "5m", "1h"
    bool schema = true;       ///< an answer's schema is told as such, and not in words
    bool temperature = true;
    std::int64_t maxTokens = 4096;
    models::Prices prices;

    /// Throws sdk::Refused naming the setting that cannot be used.
    static Settings read(const Json& settings);
};

/// How the vendor says what went wrong.
const models::Vendor& vendor();

}  // namespace overture::anthropic
