#pragma once

#include <optional>

#include "base/error.hpp"
#include "base/json.hpp"

namespace overture::plugin {

/// The part of JSON Schema (2020-12) that settings need: type, required, enum, const, minimum, maximum,
/// minLength, maxLength, pattern, properties, items, minItems, maxItems, additionalProperties, default;
/// title, description and examples are for people. A keyword that is not in this list is a Problem, never
/// passed over. `where` names the schema.
std::optional<Problem> checkSchema(const Json& schema, const std::string& where);

/// Holds `document` against a schema that passed checkSchema, after filling in the defaults. The first thing
/// that does not fit comes back with the path of its field ("settings.numbers[2]"); a misspelt key with the
/// likely one.
std::optional<Problem> applySchema(const Json& schema, Json& document, const std::string& where);

}  // namespace overture::plugin
