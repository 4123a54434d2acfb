// What the Graph API's answers mean for the engine. No message carries a number or a text: the API's own sentences may.
#pragma once

#include "overture/plugin.hpp"

namespace overture::meta {

/// For a request that may have had an effect: everything but a 2xx answer.
sdk::Answer problemOf(const sdk::HttpAnswer& answer);

/// For a request that only reads: what went wrong on the way may be tried again.
sdk::Answer readProblemOf(const sdk::HttpAnswer& answer);

/// Codes after which this number will never get anything here.
bool isOfNoUse(std::int64_t code);

}  // namespace overture::meta
