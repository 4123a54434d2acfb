#pragma once

#include "overture/plugin.hpp"

namespace overture::meta {

/// The document for POST /messages: text, template or interactive, by what the channel composed. Throws sdk::Refused for what is
/// no message that the API takes.
sdk::Json messageOf(const sdk::Json& request, bool previewLinks);

}  // namespace overture::meta
