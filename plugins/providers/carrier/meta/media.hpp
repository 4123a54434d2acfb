#pragma once

#include "overture/plugin.hpp"
#include "settings.hpp"

namespace overture::meta {

/// What a person sent, by the id that came with their message: asks where it stands, which holds for five minutes, and gets it.
sdk::Answer mediaOf(const sdk::Host& host, const Settings& settings, const sdk::Json& request,
                    const sdk::Call& call);

}  // namespace overture::meta
