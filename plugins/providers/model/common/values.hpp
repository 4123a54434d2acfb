// Careful reading of documents that others wrote.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "overture/plugin.hpp"

namespace overture::models {

using sdk::Json;

/// The text at `key`; `otherwise` when there is none, or it is no text, or `object` no object.
std::string textOf(const Json& object, const char* key, const std::string& otherwise = {});

/// The number at `key`, from 0 to a billion; 0 when there is none.
std::int64_t countOf(const Json& object, const char* key);

/// What stands at `key`, when it is an object or a list; otherwise null. Borrowed from `object`.
const Json& partOf(const Json& object, const char* key);

/// There is something at `key`, and not null.
bool isSet(const Json& object, const char* key);

/// A setting that is true unless it says false.
bool isOn(const Json& settings, const char* key);

std::optional<std::int64_t> numberOf(const Json& object, const char* key);

/// The setting `key` (otherwise `address`) without slashes at its end. Throws sdk::Refused when it is no http or https URL.
std::string baseUrlOf(const Json& settings, const char* key, const std::string& address);

/// One line of JSON; bytes that are not UTF-8 are replaced.
std::string toText(const Json& document);

/// The JSON object that `text` is, also inside a code fence; otherwise null.
Json objectIn(std::string text);

}  // namespace overture::models
