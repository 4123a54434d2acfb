#pragma once

#include <optional>

#include "base/error.hpp"
#include "base/json.hpp"

namespace overture {

/// The part of JSON Schema (2020-12) that settings and rule packs need: type, required, enum, const, minimum, maximum,
/// minLength, maxLength, pattern, properties, items, minItems, maxItems, additionalProperties, default, anyOf, $defs, and
/// $ref to one of the $defs ("#/$defs/name"); $schema, $id, title, description and examples are for people. A keyword that is
/// not in this list is a Problem, never passed over, and so is a $ref to nothing or to itself. `where` names the schema.
std::optional<Problem> checkSchema(const Json& schema, const std::string& where);

/// How a Problem names the field: "settings.numbers[2]", or "/numbers/2" below `where`.
enum class Paths { dotted, pointers };

/// Holds `document` against a schema that passed checkSchema, after filling in the defaults. The first thing that does not fit
/// comes back with the path of its field; a misspelt key with the likely one. Of an anyOf the answer is for the branch that is
/// likeliest meant: whose const fits, else which has the largest share of its required keys. Any thread.
std::optional<Problem> applySchema(const Json& schema, Json& document, const std::string& where,
                                   Paths paths = Paths::dotted);

}  // namespace overture
