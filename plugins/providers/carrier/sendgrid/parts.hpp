#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace overture::sendgrid {

/// The fields of a multipart/form-data body (RFC 7578), in order: name and bytes. Files are left out.
using Fields = std::vector<std::pair<std::string, std::string>>;

/// Nothing when the type names no boundary, or the body does not begin with it.
std::optional<Fields> fieldsOf(std::string_view contentType, std::string_view body);

/// The first field of that name, "" when absent.
std::string_view fieldOf(const Fields& fields, std::string_view name);

}  // namespace overture::sendgrid
