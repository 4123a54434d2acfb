// What Gmail's answers mean for the engine. No message carries an address or a text: Gmail's own sentences may.
#pragma once

#include "overture/plugin.hpp"

namespace overture::gmail {

/// For a request that may have had an effect: everything but a 2xx answer. What is not known to have been refused is `unknown`.
sdk::Answer problemOf(const sdk::HttpAnswer& answer);

}  // namespace overture::gmail
