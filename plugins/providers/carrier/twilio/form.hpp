#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace overture::twilio {

/// Names and values as they came, in order; a name may occur several times.
using Form = std::vector<std::pair<std::string, std::string>>;

/// application/x-www-form-urlencoded; a "%" that begins no escape stands for itself. Any bytes are readable.
Form parseForm(std::string_view body);
std::string writeForm(const Form& form);
/// Everything but letters, digits and "-._~" as %XX.
std::string percentEncoded(std::string_view text);

/// The first value of that name, "" when absent.
std::string_view valueOf(const Form& form, std::string_view name);
bool has(const Form& form, std::string_view name);

/// What stands behind the "?" of a URL, without its fragment.
std::string_view queryOf(std::string_view url);

}  // namespace overture::twilio
