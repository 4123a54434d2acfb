#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"

namespace overture::plugin {

/// Takes secrets out of what is to be written down: by their values, in whatever case and however encoded (percent, base64, hex,
/// JSON's escapes, one within the other), and by the names of what holds one ("api_key", "signature", "Authorization").
/// What cannot be taken out goes with all that is around it.
class Redaction {
public:
    static constexpr const char* kRemoved = "(removed)";

    explicit Redaction(const std::vector<std::string>& secrets);

    bool holdsSecret(std::string_view text) const;
    std::string url(const std::string& url) const;
    std::string header(const std::string& name, const std::string& value) const;
    /// JSON, a form, or any other text.
    std::string body(const std::string& body) const;

private:
    bool holds(std::string_view text, int depth) const;
    bool holdsDecoded(std::string_view text, int depth) const;
    Json document(const Json& document) const;
    std::string form(std::string_view fields) const;
    std::string words(const std::string& text) const;

    std::vector<std::string> secrets_;  ///< in small letters
    std::vector<std::string> short_;    ///< the same, so short that only a whole value counts
};

}  // namespace overture::plugin
