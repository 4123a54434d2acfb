#pragma once

#include <string_view>

#include "overture/plugin.hpp"

namespace overture::whatsapp {

/// [{"id", "title"}] as WhatsApp can show them: up to three short titles as buttons, up to ten as a list whose titles, where
/// they are too long, go on in the description. {"kind": "buttons" or "list", "button"?, "items": [{"id", "title",
/// "description"?}]}; null when they fit neither, or the text is too long to stand above them.
sdk::Json shownChoices(const sdk::Json& choices, std::string_view text, std::string_view language);

}  // namespace overture::whatsapp
