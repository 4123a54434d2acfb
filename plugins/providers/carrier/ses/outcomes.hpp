// What SES's answers mean for the engine. No message carries an address or a text: SES's own sentences may.
#pragma once

#include "overture/plugin.hpp"

namespace overture::ses {

/// For a request that may have had an effect: everything but a 2xx answer. What is not known to have been refused is `unknown`.
sdk::Answer problemOf(const sdk::HttpAnswer& answer);

/// For a request that only reads: what went wrong on the way may be tried again.
sdk::Answer readProblemOf(const sdk::HttpAnswer& answer);

}  // namespace overture::ses
