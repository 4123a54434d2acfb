// What Surge's answers mean for the engine. No message carries a number or a text: Surge's own sentences may.
#pragma once

#include "overture/plugin.hpp"

namespace overture::surge {

/// For a request that may have had an effect: everything but a 2xx answer. There is no idempotency key, so what is not known to
/// have been refused is `unknown`.
sdk::Answer problemOf(const sdk::HttpAnswer& answer);

/// For a request that only reads: what went wrong on the way may be tried again.
sdk::Answer readProblemOf(const sdk::HttpAnswer& answer);

}  // namespace overture::surge
