#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/json.hpp"

namespace overture::tenant {

/// RFC 4648's alphabet for URLs, without padding.
std::string toBase64Url(std::string_view bytes);
/// Nothing for what is not written so, other spellings of the same bytes included.
std::optional<std::string> fromBase64Url(std::string_view text);

/// A token in three parts (RFC 7519), read and not believed: whoever reads it checks `signature` over `signedPart` next, by
/// the one algorithm that they expect.
struct Jwt {
    Json header, claims;  ///< objects
    std::string signedPart, signature;
};
std::optional<Jwt> readJwt(std::string_view token);

/// Signed by HMAC-SHA256.
std::string signedJwt(Json header, const Json& claims, const std::string& key);
/// Whether `token` says that it is signed so, and is, in constant time.
bool isSigned(const Jwt& token, const std::string& key);

}  // namespace overture::tenant
