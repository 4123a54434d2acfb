#pragma once

#include <string>
#include <string_view>

#include "overture/plugin.hpp"

namespace overture::meta {

/// The engine's events of a webhook's body, of whatever kinds and however many; those of other numbers of the same app are left
/// out, and so is what the engine has no use for.
sdk::Json eventsOf(const sdk::Json& body, const std::string& phoneNumberId);

/// A WhatsApp id as the E.164 number it belongs to: Mexico's "521…" is +52…, and Brazil's mobile numbers get back the 9 that old
/// accounts lack.
std::string numberOf(std::string_view waId);

/// How many people a day a tier ("TIER_1K") lets a business write to first, 0 when it has no limit; nothing for another word.
std::optional<std::int64_t> peopleOfTier(std::string_view tier);

}  // namespace overture::meta
