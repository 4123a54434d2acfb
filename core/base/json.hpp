#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/error.hpp"

// Compiled once, in json.cpp, and not in every file that touches a document.
extern template class nlohmann::basic_json<>;
extern template class nlohmann::detail::serializer<nlohmann::json>;

namespace overture {

/// Keys are kept sorted, so the same document is always the same bytes.
using Json = nlohmann::json;

/// Parses a whole text; a mistake becomes a Problem at `where` with line and column.
Result<Json> parseJson(std::string_view text, std::string_view where);

/// Compact, with invalid UTF-8 replaced (never throws for what strangers sent).
std::string toText(const Json& value);
/// The same, indented by two, ending in a newline: for files people open.
std::string toPrettyText(const Json& value);

/// `object[key]` as text, or `otherwise` when absent, null or not a string.
std::string textOf(const Json& object, std::string_view key, std::string_view otherwise = {});

}  // namespace overture
