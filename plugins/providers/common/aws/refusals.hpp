// The names by which AWS refuses, the same for its services.
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace overture::aws {

/// "ThrottlingException" of "…#ThrottlingException" or "ThrottlingException:http://…".
inline std::string plainCode(std::string code) {
    code = code.substr(0, code.find(':'));
    return code.substr(code.find('#') == std::string::npos ? 0 : code.find('#') + 1);
}

/// The key is wrong, has ended, or may not.
inline bool refusesWhoAsks(std::string_view code) {
    constexpr std::array<std::string_view, 7> kCodes{
        "UnrecognizedClientException", "InvalidSignatureException",           "ExpiredTokenException",
        "IncompleteSignature",         "MissingAuthenticationTokenException", "AccessDeniedException",
        "SignatureDoesNotMatch"};
    return std::find(kCodes.begin(), kCodes.end(), code) != kCodes.end();
}

inline bool asksToSlowDown(std::string_view code) {
    return code.starts_with("Throttling") || code == "TooManyRequestsException" ||
           code == "LimitExceededException";
}

}  // namespace overture::aws
